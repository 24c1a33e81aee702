declare global {
  interface Window {
    /** What was typed into the files before the workspace came to life, by path. */
    hatobaTyped?: Record<string, string>
  }
}

export {}
