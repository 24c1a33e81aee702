const AGAIN_MS = [300, 1000, 3000]

/** Asks again a few times: a browser drops what it is fetching when the machine's networks change, as they do when containers come and go. */
export const patiently = async <T>(load: () => Promise<T>): Promise<T> => {
  for (const wait of AGAIN_MS) {
    try {
      return await load()
    } catch {
      await new Promise((resume) => setTimeout(resume, wait))
    }
  }
  return load()
}
