/** Sends a file to the kernel in pieces; a few are under way at a time, the next goes when one was taken. */

/** Well under what a kernel's line takes at once. */
export const PIECE = 512 * 1024;
const UNDER_WAY = 4;

/** What is used of a file. */
export interface Bytes {
  readonly name: string;
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export class Upload {
  /** How many bytes the kernel has. */
  taken = 0;
  #sent = 0;
  #index = 0;
  #reading = false;
  #stopped = false;

  constructor(
    readonly file: Bytes,
    private readonly send: (index: number, piece: ArrayBuffer) => void,
    private readonly failed: () => void,
  ) {}

  get whole(): boolean {
    return this.taken >= this.file.size;
  }

  /** The kernel is ready, or has this many bytes. */
  async go(taken: number): Promise<void> {
    this.taken = taken;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (!this.#stopped && this.#sent < this.file.size && this.#sent - this.taken < UNDER_WAY * PIECE) {
        const piece = await this.file.slice(this.#sent, this.#sent + PIECE).arrayBuffer();
        if (this.#stopped) return;
        if (piece.byteLength === 0) throw new Error();
        this.send(this.#index++, piece);
        this.#sent += piece.byteLength;
      }
    } catch {
      // The file was moved or changed while it was read.
      this.stop();
      this.failed();
    } finally {
      this.#reading = false;
    }
  }

  stop(): void {
    this.#stopped = true;
  }
}
