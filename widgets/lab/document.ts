/** A view opened as a document: drawn in the browser from the file, read only, with no kernel. */

import { Printing } from "@jupyterlab/apputils";
import { ActivityMonitor, PathExt } from "@jupyterlab/coreutils";
import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from "@jupyterlab/docregistry";
import type { Contents } from "@jupyterlab/services";
import { LabIcon } from "@jupyterlab/ui-components";
import type { Message } from "@lumino/messaging";
import { Poll } from "@lumino/polling";
import { Widget } from "@lumino/widgets";
import { mount, type Mounted, readView, type State, ViewError } from "../core/index";
import icon from "./icon.svg";
import type { Say } from "./words";

export const viewIcon = new LabIcon({ name: "relsurvey:view", svgstr: icon });

/** How often a view that is on screen looks whether its file was published anew, in milliseconds. */
const LOOK_EVERY = 5_000;

interface Surroundings {
  contents: Contents.IManager;
  language: string;
  say: Say;
}

class ViewContent extends Widget implements Printing.IPrintable {
  private readonly typing: ActivityMonitor<DocumentRegistry.IModel, void>;
  private readonly poll: Poll;
  private mounted: Mounted | null = null;
  private drawn: string | null = null;
  private state: State | null = null;
  private seen = "";

  constructor(
    private readonly context: DocumentRegistry.Context,
    private readonly around: Surroundings,
  ) {
    super();
    this.addClass("relsurvey-view");
    context.pathChanged.connect(this.name, this);
    this.typing = new ActivityMonitor({ signal: context.model.contentChanged, timeout: 300 });
    this.typing.activityStopped.connect(this.draw, this);
    void context.ready.then(() => this.draw());
    // JupyterLab itself reads an open file once; a view is published again and again under the same name.
    this.poll = new Poll({
      name: "relsurvey:view",
      factory: () => this.look(),
      frequency: { interval: LOOK_EVERY, backoff: true, max: 12 * LOOK_EVERY },
      standby: () => (this.isVisible ? "when-hidden" : true),
    });
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.poll.dispose();
    this.typing.dispose();
    this.mounted?.destroy();
    this.mounted = null;
    super.dispose();
  }

  /** For JupyterLab's own print command: the same sheets as from the view's button. */
  [Printing.symbol](): Printing.OptionalAsyncThunk {
    const { mounted } = this;
    return mounted === null ? null : async () => mounted.print();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    const { activeElement } = document;
    if (activeElement === this.node || !this.node.contains(activeElement)) this.frame()?.focus();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.name();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    void this.poll.refresh();
  }

  /** JupyterLab makes the content of every document a region, and calls it "main area content". */
  private name(): void {
    const file = PathExt.basename(this.context.localPath);
    this.node.setAttribute("aria-label", this.around.say("Survey view: %1", file));
  }

  private frame(): HTMLElement | null {
    return this.node.querySelector<HTMLElement>(":scope > .rs");
  }

  private draw(): void {
    if (this.isDisposed || !this.context.isReady) return;
    const text = this.context.model.toString();
    if (text === this.drawn) return;
    this.drawn = text;
    const { scrollTop } = this.node;
    const focused = this.node.contains(document.activeElement);
    this.mounted?.destroy();
    this.mounted = null;
    this.node.replaceChildren();
    try {
      this.mount(text);
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      this.complain(error);
    }
    this.node.scrollTop = scrollTop;
    if (focused) (this.frame() ?? this.node).focus();
  }

  private mount(text: string): void {
    const { unit, page, language, part } = this.state ?? { language: this.around.language };
    this.mounted = mount(this.node, readView(text), {
      host: "lab",
      unit,
      page,
      language,
      onChange: (state) => {
        this.state = state;
      },
    });
    if (part) this.mounted.show({ part });
    const frame = this.frame();
    if (frame !== null) frame.tabIndex = -1;
  }

  private complain(error: ViewError): void {
    const sentence = document.createElement("p");
    sentence.className = "relsurvey-view-alert";
    sentence.setAttribute("role", "alert");
    sentence.textContent = error.sentence(this.around.language);
    this.node.append(sentence);
  }

  /** Reads the file again if it was written since, unless an editor holds unsaved changes to it. */
  private async look(): Promise<void> {
    const { context } = this;
    if (!context.isReady || context.model.dirty) return;
    const { last_modified } = await this.around.contents.get(context.path, { content: false });
    if (this.isDisposed || last_modified === context.contentsModel?.last_modified || last_modified === this.seen)
      return;
    // Once for each new date: a file that cannot be read is complained of once.
    this.seen = last_modified;
    await context.revert();
  }
}

export type ViewDocument = DocumentWidget<Widget, DocumentRegistry.IModel>;

export class ViewFactory extends ABCWidgetFactory<ViewDocument> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<ViewDocument>,
    private readonly around: Surroundings,
  ) {
    super(options);
  }

  protected createNewWidget(context: DocumentRegistry.Context): ViewDocument {
    const document = new DocumentWidget({ content: new ViewContent(context, this.around), context });
    document.title.icon = viewIcon;
    return document;
  }
}
