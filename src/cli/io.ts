import { EpochMs } from '../core/time/instant';

/** The outside world, as the commands see it; `main.ts` has the real one, tests have theirs. */
export interface Io {
  /** Of this program. */
  readonly version: string;
  /** Of the terminal that shows the answers. */
  readonly columns: number;
  /** Whether answers may carry colours. */
  readonly colors: boolean;
  /** Answers, to stdout; a line end is added. */
  out(text: string): void;
  /** What is said to a person, to stderr; a line end is added. */
  err(text: string): void;
  /** How far long work is, on a person's terminal: each text takes the place of the one before. Elsewhere, nothing is written. */
  progress(text: string): void;
  now(): EpochMs;
  sleep(ms: number): Promise<void>;
  /** What stands in a folder, by name; undefined for a file. */
  list(path: string): Promise<readonly Entry[] | undefined>;
  readFile(path: string): Promise<string>;
  readStdin(): Promise<string>;
  /** Whole, or not at all. */
  writeFile(path: string, text: string): Promise<void>;
  /** Runs another program to its end. */
  spawn(command: string, args: readonly string[], input?: string): Promise<Finished>;
}

export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** How a spawned program ended. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ends the program with exit code 1: all was read and understood, and it is not good enough. */
export class FallsShort extends Error {}

/** Ends the program with exit code 2: the command line, or what it names, is wrong. */
export class WrongInput extends Error {}
