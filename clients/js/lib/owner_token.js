/**
 * The owner's token of this machine, from the data directory that is named or else the default one. It is
 * read in Node, for a server on this machine only: it opens everything.
 */
export async function ownerToken(url, dataDir) {
  if (!isOnThisMachine(new URL(url).hostname)) {
    if (dataDir !== undefined) throw new TypeError(`the owner's token is not sent to ${url}: give a \`token\``);
    return null;
  }
  if (!globalThis.process?.versions?.node) return null;
  const [{ readFile }, { join }, { homedir }] = await Promise.all(
    // Named so that bundlers for browsers do not look for them.
    ["node:fs/promises", "node:path", "node:os"].map((name) => import(name)),
  );
  const { MILLRACE_RUNTIME__DATA_DIR: chosen, XDG_DATA_HOME: data } = process.env;
  const folder = dataDir ?? (chosen || join(data || join(homedir(), ".local/share"), "millrace"));
  try {
    return (await readFile(join(folder, "owner.token"), "utf8")).trim();
  } catch (failure) {
    if (dataDir !== undefined) throw failure;
    return null;
  }
}

function isOnThisMachine(host) {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
