/** The HTML page and the Voilà page: the view stands in the document as JSON and is drawn at once. */

import { type Host, mount, readView, ViewError } from "../core/index";

function start(place: HTMLElement): void {
  const source = document.getElementById("relsurvey-view");
  try {
    if (source === null) throw new ViewError("none");
    // The Voilà template says data-host="voila"; a page that is just a file says nothing.
    const host: Host = place.dataset["host"] === "voila" ? "voila" : "page";
    mount(place, readView(source.textContent ?? ""), { host });
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    const sentence = document.createElement("p");
    sentence.setAttribute("role", "alert");
    sentence.className = "rs-alert";
    sentence.textContent = error.sentence(navigator.language.slice(0, 2));
    place.replaceChildren(sentence);
  }
}

const place = document.getElementById("relsurvey");
if (place !== null) start(place);
