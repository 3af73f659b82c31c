/* Generated from view.schema.json by `npm run types`. Do not edit. */

/**
 * A view, whole: what a page, an app or a file shows.
 */
export interface View {
  format?: 1;
  /**
   * What students answered, or the marks they have.
   */
  subject?: "answers" | "marks";
  id: string;
  title: Text;
  languages: string[];
  simulated: boolean;
  wave?: Text | null;
  audience: Text;
  publisher: Text;
  /**
   * The day it was made, ISO 8601.
   */
  made: string;
  promise: Text;
  license: Text;
  favorable: Text;
  scales: Scale[];
  items: Item[];
  /**
   * What the answers that are not counted are called together: their one label, or a word.
   */
  not_counted?: Text | null;
  variables: Variable[];
  units: Unit[];
  strategies?: Strategy[];
  practices?: Practice[];
  /**
   * Of the practices, the least first.
   */
  stages?: Text[];
  /**
   * The text of each named rule a measure goes by, such as on-track.
   */
  rules?: Section[];
  dials?: Dial[];
  about: Section[];
  ledger: Step[];
  provenance: Provenance;
}
/**
 * One sentence or label in each language of the view.
 */
export interface Text {
  [k: string]: string;
}
/**
 * A scale as the page names it, with how far it may be read as one.
 */
export interface Scale {
  id: string;
  title: Text;
  element?: string | null;
  items: string[];
  reading: "report" | "with_care" | "one_by_one" | "too_few";
  note: Text;
}
/**
 * A question in its own words.
 */
export interface Item {
  id: string;
  text: Text;
  scale?: string | null;
  reverse?: boolean;
  /**
   * The label of its answer that is not counted; None where it has none.
   */
  not_counted?: Text | null;
}
/**
 * A group variable.
 */
export interface Variable {
  id: string;
  title: Text;
}
/**
 * Those a page speaks of: all schools, one school, or one team.
 */
export interface Unit {
  id: string;
  kind: "all" | "school" | "team";
  title: Text;
  /**
   * The unit this one is part of.
   */
  parent?: string | null;
  students: Text;
  /**
   * How far sentences may go, by how many of those asked answered.
   */
  reach?: "nearly" | "some" | "half";
  /**
   * The first page's sentences, the most useful first.
   */
  say: Text[];
  scales: ScaleCell[];
  items: ItemCell[];
  groups: GroupTable[];
  /**
   * What is not shown, and why.
   */
  hidden?: Text[];
  /**
   * None when there is no earlier wave to stand beside.
   */
  change?: Change | null;
  /**
   * Of a school, only inside the app.
   */
  comments?: Quoted[];
  /**
   * The team's earlier next steps, latest first.
   */
  cards?: Card[];
  /**
   * Of a view of marks.
   */
  practices?: Adopted[];
  /**
   * Of a view of marks.
   */
  weeks?: Run[];
  /**
   * Of a view of marks, where 100 students or more stand behind.
   */
  lab?: Lab | null;
}
/**
 * What the students of a unit say on one scale.
 */
export interface ScaleCell {
  scale: string;
  share?: Share | null;
  words: Text;
  /**
   * 'between 6 and 8'
   */
  range?: Text | null;
  /**
   * Why there is no share.
   */
  reason?: ("too_few" | "protected" | "one_by_one" | "dropped" | "words_only") | null;
  reference?: Reference | null;
  /**
   * Set when it differs clearly from the reference, and the first page says so.
   */
  verdict?: "clear" | null;
}
/**
 * A share of students with its 95 % interval, rounded for reading.
 */
export interface Share {
  /**
   * A whole percent.
   */
  percent: number;
  /**
   * A whole percent.
   */
  low: number;
  /**
   * A whole percent.
   */
  high: number;
  /**
   * Set when the share is 95 or more (top) or 5 or less (bottom): open bar end, no interval.
   */
  coded?: ("top" | "bottom") | null;
}
/**
 * A mark for comparison, without interval.
 */
export interface Reference {
  /**
   * A whole percent.
   */
  percent: number;
  kind: "other_schools" | "rest_of_school";
  words: Text;
}
/**
 * What the students of a unit answered to one question.
 */
export interface ItemCell {
  item: string;
  share?: Share | null;
  words: Text;
  range?: Text | null;
  reason?: ("too_few" | "protected" | "one_by_one" | "dropped" | "words_only") | null;
  parts?: Part[];
  /**
   * Share who chose an answer that is not counted ('Not sure').
   */
  not_counted?: number | null;
}
/**
 * One piece of a distribution, in the order from least to most favorable.
 */
export interface Part {
  label: Text;
  tone: "unfavorable" | "neutral" | "favorable";
  /**
   * A whole percent.
   */
  percent: number;
}
/**
 * One group variable in one unit; no rows when the variable is not shown there.
 */
export interface GroupTable {
  variable: string;
  say?: Text[];
  rows?: GroupRow[];
  /**
   * What was joined, hidden or dropped, and why.
   */
  note?: Text | null;
  /**
   * Whether the groups read the questions alike.
   */
  comparable?: Text | null;
}
/**
 * One category, or several joined, of a group variable.
 */
export interface GroupRow {
  id: string;
  label: Text;
  students: Text;
  cells: GroupCell[];
}
/**
 * What one group says on one scale, beside all other students of the unit.
 */
export interface GroupCell {
  scale: string;
  share?: Share | null;
  words: Text;
  range?: Text | null;
  reason?: ("too_few" | "protected" | "one_by_one" | "dropped" | "words_only") | null;
  verdict?: ("clear" | "maybe" | "about_the_same" | "cannot_tell" | "too_few") | null;
  /**
   * The comparison with all other students, in words.
   */
  sentence?: Text | null;
}
/**
 * What changed since the wave before, by rule 7.
 */
export interface Change {
  title: Text;
  /**
   * The wave before.
   */
  wave?: Text | null;
  base: "same_students" | "all_students";
  who: Text;
  say: Text[];
  cells: ChangeCell[];
  /**
   * What is not shown, and why.
   */
  note?: Text | null;
}
/**
 * What the students of a unit said on one scale in the wave before and say now.
 */
export interface ChangeCell {
  scale: string;
  before?: Share | null;
  now?: Share | null;
  words: Text;
  reason?: ("too_few" | "protected" | "one_by_one" | "dropped" | "words_only") | null;
  verdict?: ("clear" | "maybe" | "about_the_same" | "cannot_tell" | "too_few") | null;
  /**
   * Set when the verdict has one.
   */
  direction?: ("up" | "down") | null;
  /**
   * The change in words.
   */
  sentence?: Text | null;
}
/**
 * Comments to one question that a person released, shuffled: the students' own words, never markup.
 */
export interface Quoted {
  question: Text;
  texts: string[];
}
/**
 * What a team wrote down in an earlier meeting: its own words, never markup.
 */
export interface Card {
  /**
   * The day, ISO 8601.
   */
  made: string;
  wave?: Text | null;
  scale?: string | null;
  /**
   * The strategy it chose, by id.
   */
  strategy?: string | null;
  noticed?: string;
  trying?: string;
  who?: string;
  by_when?: string;
  looking_at?: string;
}
/**
 * How far the teams of a unit have taken up one practice, as each agreed: never one teacher's stage.
 */
export interface Adopted {
  practice: string;
  /**
   * How many teams are at each stage, in the order of the stages.
   */
  teams: number[];
  words: Text;
  /**
   * Whether every team is at a stage that counts as in use.
   */
  in_use: boolean;
  /**
   * Since the sheets before.
   */
  moved?: ("up" | "down" | "same") | null;
}
/**
 * One measure week by week, about its median, with what the run rules say of it.
 */
export interface Run {
  id: "under_passing" | "missing";
  title: Text;
  points: Point[];
  /**
   * The median of the weeks shown.
   */
  middle: number;
  phases?: Phase[];
  sentence: Text;
  /**
   * Weeks that are not shown, and why.
   */
  note?: Text | null;
}
/**
 * One week of a run chart.
 */
export interface Point {
  /**
   * The week's Monday, or the day of a snapshot, ISO 8601.
   */
  week: string;
  label: Text;
  /**
   * None in a week with too little work to show.
   */
  percent?: number | null;
}
/**
 * From when something else held, as the school named it.
 */
export interface Phase {
  /**
   * The first week of it, as in the points.
   */
  week: string;
  title: Text;
}
/**
 * What each policy of the grid would do to the marks of one unit.
 */
export interface Lab {
  /**
   * Every combination of the dials' choices; the first is as now.
   */
  tried: Tried[];
  note?: Text | null;
}
/**
 * A policy of the published grid: one choice a dial.
 */
export interface Tried {
  choices: number[];
  outcomes: Outcome[];
  says: Text;
}
/**
 * A measure under a policy that was tried, if nothing else changed.
 */
export interface Outcome {
  scale: string;
  /**
   * A whole percent.
   */
  percent: number;
  coded?: ("top" | "bottom") | null;
  words: Text;
  /**
   * Beside the marks as they are; same also where 1 to 10 students make the difference.
   */
  beside: "same" | "more" | "fewer";
  sentence: Text;
}
/**
 * Something a team could try, on the page *Next step*.
 */
export interface Strategy {
  id: string;
  title: Text;
  /**
   * The scales of this view that it may help; none: any.
   */
  scales: string[];
  what: Text;
  /**
   * How to begin, one thing a line.
   */
  steps: Text[];
  look_at: Text;
  source: Text;
}
/**
 * A grading practice that teams agree on a stage of.
 */
export interface Practice {
  id: string;
  title: Text;
}
/**
 * A part of *About these numbers*.
 */
export interface Section {
  title: Text;
  paragraphs: Text[];
  /**
   * The heads of its table's columns, if any.
   */
  head?: Text[];
  /**
   * A cell a column; the first names the row.
   */
  rows?: Text[][];
}
/**
 * One part of a grading policy that a reader may turn; its first choice is as it is now.
 */
export interface Dial {
  id: string;
  title: Text;
  choices: Choice[];
}
/**
 * One position of a dial.
 */
export interface Choice {
  id: string;
  title: Text;
}
/**
 * A line of the published ledger: a step and its reason, no label, no file name, no small count.
 */
export interface Step {
  step: string;
  what: Text;
  why: Text;
}
/**
 * Where the numbers come from, so that they can be made again.
 */
export interface Provenance {
  package: string;
  instrument: string;
  instrument_version: string;
  instrument_sha256: string;
  input_sha256: string[];
  settings: Settings;
  /**
   * None in views made before the gate gave one.
   */
  certificate?: Certificate | null;
}
/**
 * The thresholds this view was made with.
 */
export interface Settings {
  min_n: number;
  same_within: number;
}
/**
 * What the gate proved before this view was made; no count of students.
 */
export interface Certificate {
  /**
   * The version whose gate it passed.
   */
  package: string;
  /**
   * What the audit ran.
   */
  methods: ("rank" | "overlaps" | "frechet" | "moves" | "linear" | "integer")[];
  /**
   * Fewest students of anything shown.
   */
  min_n: number;
  /**
   * Fewest points that a hidden group's share must leave open.
   */
  width: number;
  tables_shown: number;
  tables_hidden: number;
  groups_shown: number;
  groups_hidden: number;
  /**
   * Left out of tables and pages that are shown.
   */
  figures_withheld: number;
  /**
   * Points that every hidden group's share leaves open at least, on every figure.
   */
  narrowest?: number | null;
}
