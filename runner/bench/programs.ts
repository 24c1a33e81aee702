/** What is run, by us and by every baseline. All of them print `hello`. */
export const PROGRAM = {
  hello: 'print("hello")\n',
  /** Burns processor time until 50 ms beyond the interpreter's own start are spent. */
  cpu50: 'import time\nend = time.process_time() + 0.05\nwhile time.process_time() < end: pass\nprint("hello")\n',
} as const
