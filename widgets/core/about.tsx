/** About these numbers: what they mean, how far they go, what was done, where they come from. */

import type { JSX } from "preact";
import type { Scene } from "./scene";
import { dayInWords } from "./text";

export function About({ scene }: { scene: Scene }): JSX.Element {
  const { view } = scene;
  return (
    <section class="rs-card rs-prose">
      {view.about.map((section, index) => (
        <section key={index}>
          <h3>{scene.say(section.title)}</h3>
          {section.paragraphs.map((paragraph, at) => (
            <p key={at}>{scene.say(paragraph)}</p>
          ))}
        </section>
      ))}
      <section>
        <h3>{scene.words.favorableMeans}</h3>
        <p>{scene.say(view.favorable)}</p>
      </section>
    </section>
  );
}

export function Provenance({ scene }: { scene: Scene }): JSX.Element {
  const { view, words } = scene;
  const { provenance } = view;
  const lines: [string, string | readonly string[]][] = [
    [words.provenance.instrument, `${provenance.instrument} ${provenance.instrument_version}`],
    [words.provenance.min_n, words.students(provenance.settings.min_n)],
    [words.provenance.same_within, words.points(provenance.settings.same_within)],
    [words.provenance.made, dayInWords(view.made, scene.state.language)],
    [words.provenance.package, provenance.package],
    [words.provenance.instrument_sha256, provenance.instrument_sha256],
    [words.provenance.input_sha256, provenance.input_sha256],
  ];
  return (
    <section class="rs-card rs-source">
      <h3>{words.provenanceTitle}</h3>
      <p>{scene.say(view.license)}</p>
      <dl class="rs-facts">
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            {(typeof value === "string" ? [value] : value).map((entry) => (
              <dd key={entry} class={/^[0-9a-f]{64}$/.test(entry) ? "rs-hash" : ""}>
                {entry}
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}
