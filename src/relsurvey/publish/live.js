// Starts Voilà's front end: at once where the page brought its kernel, else when something live is first used.
//
// On `document`: hears `relsurvey:live`; says `relsurvey:ready` when the cells are shown, `relsurvey:trouble`
// (detail: "full" or "trouble") when they cannot be.
(() => {
  "use strict";
  const status = document.getElementById("relsurvey-status");
  const words = JSON.parse(status.dataset.words);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const shows = document.body.dataset.cells === "shown";
  let started = false;
  let shown = false;

  // The widgets of an app follow the system's theme; a view does so by itself.
  const tellTheme = () => {
    document.body.dataset.jpThemeLight = String(!dark.matches);
    document.body.dataset.jpThemeName = dark.matches ? "JupyterLab Dark" : "JupyterLab Light";
  };
  if (shows) {
    tellTheme();
    dark.addEventListener("change", tellTheme);
  }

  const say = (name) => {
    const language = document.documentElement.lang.slice(0, 2);
    status.textContent = name ? (words[language] ?? words.en)[name] : "";
  };

  const fail = (name) => {
    started = false;
    say(name);
    document.dispatchEvent(new CustomEvent("relsurvey:trouble", { detail: name }));
  };

  // Voilà's front end calls this when it has drawn the cells.
  window.cellLoaded = true;
  window.voila_finish = () => {
    const cells = document.getElementById("rendered_cells");
    if (!cells || shown) return;
    shown = true;
    say("");
    if (shows) {
      cells.hidden = false;
      document.getElementById("relsurvey")?.remove();
    }
    document.dispatchEvent(new CustomEvent("relsurvey:ready"));
  };
  window.voila_heartbeat = () => {};

  const run = (source) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.onload = resolve;
      script.onerror = reject;
      script.src = source;
      document.head.append(script);
    });

  // Voilà's front end waits for the window's `load`; here that has long passed.
  const loadIsNow = () => {
    if (document.readyState !== "complete") return;
    const add = window.addEventListener;
    window.addEventListener = function (type, listener, options) {
      if (type === "load") queueMicrotask(() => listener.call(window, new Event("load")));
      else add.call(window, type, listener, options);
    };
    document.addEventListener("relsurvey:ready", () => { window.addEventListener = add; }, { once: true });
  };

  const start = async () => {
    if (started) return;
    started = true;
    say("starting");
    try {
      if (!document.getElementById("jupyter-config-data")) {
        const reply = await fetch(`${location.pathname}?live=1`, { credentials: "same-origin" });
        if (reply.status === 503) return fail("full");
        if (!reply.ok) return fail("trouble");
        const page = new DOMParser().parseFromString(await reply.text(), "text/html");
        const config = page.getElementById("jupyter-config-data");
        const cells = page.getElementById("rendered_cells");
        if (!page.getElementById("relsurvey-complete")) return fail("trouble");
        document.head.append(config);
        document.body.append(cells);
      }
      loadIsNow();
      const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
      const scripts = shows ? ["voila-style.js", "voila.js"] : ["voila.js"];
      await Promise.all(scripts.map((name) => run(`${config.fullStaticUrl}/${name}`)));
    } catch {
      fail("trouble");
    }
  };

  document.addEventListener("relsurvey:live", start);
  window.addEventListener("load", () => {
    // A page that brought its kernel, but was cut off before its end.
    if (document.getElementById("jupyter-config-data") && !document.getElementById("relsurvey-complete")) fail("trouble");
  });
})();
