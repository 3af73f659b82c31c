/** The JupyterLab extension: survey views open as documents, and the workshop notebooks are one click away. */

import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, showErrorMessage, WidgetTracker } from "@jupyterlab/apputils";
import { IDocumentManager } from "@jupyterlab/docmanager";
import { FileDialog, IDefaultFileBrowser } from "@jupyterlab/filebrowser";
import { ILauncher } from "@jupyterlab/launcher";
import { ITranslator } from "@jupyterlab/translation";
import { type ViewDocument, ViewFactory, viewIcon } from "./document";
import { type Stem, saveCopy } from "./notebook";
import { languageOf, type Sentence, speaker } from "./words";

const EXTENSION = ".relsurvey.json";
const FILE_TYPE = "relsurvey-view";
const FACTORY = "Survey view";

const OPEN_VIEW = "relsurvey:open-view";
/** The workshop notebooks, in the order of their cards. */
const WORKSHOP: readonly [Stem, Sentence][] = [
  ["first-look", "Survey: first look"],
  ["grading-policies", "Grading: try a policy"],
];

const viewPlugin: JupyterFrontEndPlugin<void> = {
  id: "relsurvey:view",
  description: "Opens a published survey view as a document, without a kernel.",
  autoStart: true,
  requires: [IDocumentManager, ITranslator],
  optional: [ILayoutRestorer, IDefaultFileBrowser, ICommandPalette],
  activate(
    { commands, docRegistry, serviceManager }: JupyterFrontEnd,
    manager: IDocumentManager,
    translator: ITranslator,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    palette: ICommandPalette | null,
  ) {
    const say = speaker(translator);
    docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: say("Survey view"),
      extensions: [EXTENSION],
      mimeTypes: ["application/json"],
      contentType: "file",
      fileFormat: "text",
      icon: viewIcon,
    });

    const options = {
      name: FACTORY,
      label: say("Survey view"),
      fileTypes: [FILE_TYPE],
      defaultFor: [FILE_TYPE],
      modelName: "text",
      readOnly: true,
      canStartKernel: false,
      preferKernel: false,
    };
    const factory = new ViewFactory(options, {
      contents: serviceManager.contents,
      language: languageOf(translator),
      say,
    });
    docRegistry.addWidgetFactory(factory);

    const open = new WidgetTracker<ViewDocument>({ namespace: FILE_TYPE });
    factory.widgetCreated.connect((_, document) => {
      document.context.pathChanged.connect(() => void open.save(document));
      void open.add(document);
    });
    if (restorer !== null) {
      void restorer.restore(open, {
        command: "docmanager:open",
        args: ({ context }) => ({ path: context.path, factory: FACTORY }),
        name: ({ context }) => context.path,
      });
    }

    commands.addCommand(OPEN_VIEW, {
      label: say("Survey: open a view…"),
      caption: say("Open a published survey view (a file that ends in .relsurvey.json)"),
      describedBy: { args: { type: "object", properties: {} } },
      execute: async () => {
        const { button, value } = await FileDialog.getOpenFiles({
          manager,
          translator,
          title: say("Open a survey view"),
          label: say("Views end in .relsurvey.json."),
          defaultPath: browser?.model.path ?? "",
          filter: ({ type, name }) => (type === "directory" || name.endsWith(EXTENSION) ? {} : null),
        });
        if (!button.accept) return;
        const files = (value ?? []).filter(({ type }) => type !== "directory");
        for (const { path } of files) await commands.execute("docmanager:open", { path, factory: FACTORY });
        if (files.length === 0) {
          const sentence = say("No view was chosen: choose a file that ends in .relsurvey.json.");
          await showErrorMessage(say("Open a survey view"), sentence);
        }
      },
    });
    palette?.addItem({ command: OPEN_VIEW, category: say("Survey") });
  },
};

const workshopPlugin: JupyterFrontEndPlugin<void> = {
  id: "relsurvey:workshop",
  description: "Opens copies of the workshop notebooks from the launcher and the command palette.",
  autoStart: true,
  requires: [ITranslator],
  optional: [IDefaultFileBrowser, ICommandPalette, ILauncher],
  activate(
    { commands, serviceManager }: JupyterFrontEnd,
    translator: ITranslator,
    browser: IDefaultFileBrowser | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
  ) {
    const say = speaker(translator);
    for (const [index, [stem, title]] of WORKSHOP.entries()) {
      const command = `relsurvey:${stem}`;
      commands.addCommand(command, {
        label: say(title),
        caption: say("Open a copy of the workshop notebook in the present folder"),
        icon: (args) => (args["isPalette"] ? undefined : viewIcon),
        describedBy: {
          args: {
            type: "object",
            properties: { cwd: { type: "string", description: "The folder; without it that of the file browser" } },
          },
        },
        execute: async ({ cwd }) => {
          const folder = typeof cwd === "string" ? cwd : (browser?.model.path ?? "");
          try {
            const path = await saveCopy(serviceManager.contents, folder, stem);
            return await commands.execute("docmanager:open", { path });
          } catch (error) {
            const sentence = say(
              "The notebook cannot be saved in the folder “%1”: open a folder that you may write to, and try again. (%2)",
              folder || "/",
              error instanceof Error ? error.message : String(error),
            );
            return showErrorMessage(say(title), sentence);
          }
        },
      });
      palette?.addItem({ command, category: say("Survey"), args: { isPalette: true } });
      launcher?.add({ command, category: say("Survey"), categoryRank: 90, rank: index });
    }
  },
};

export default [viewPlugin, workshopPlugin];
