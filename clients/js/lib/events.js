import { ApiError, EventsMissed, Unreachable } from "./errors.js";
import { backoff, isBusy, sleep } from "./transport.js";

/** The server says something every 15 seconds. */
const longestSilenceMs = 45_000;
/** A stream that lasted for so long was no failure. */
const longEnoughMs = 1_000;

/** The lines of a body; a line without an end is left out. `hear` is called for each piece. */
async function* readLines(body, hear) {
  const decoder = new TextDecoder();
  let rest = "";
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      hear();
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop();
      for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The messages of https://html.spec.whatwg.org/multipage/server-sent-events.html; those without data move the id. */
export async function* readMessages(lines) {
  let fields = {};
  for await (const line of lines) {
    if (line === "") {
      if ("data" in fields || "id" in fields) yield { event: "message", data: "", ...fields };
      fields = {};
      continue;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    fields[name] = name === "data" && "data" in fields ? `${fields.data}\n${value}` : value;
  }
}

/** Events, each once; a stream that breaks is opened again where it was. */
export class EventStream {
  #transport;
  #query;
  #patience;
  #signal;
  #last;
  #failures = 0;
  #failingSince = null;

  /** `start` is a promise of the id after which it begins. */
  constructor(transport, { query, start, patience, signal }) {
    this.#transport = transport;
    this.#query = query;
    this.#patience = patience;
    this.#signal = signal;
    /** Resolved when the place is known from which on no event is left out. */
    this.started = start.then((id) => {
      this.#last = id;
    });
    // The iteration tells of it.
    this.started.catch(() => {});
  }

  async *[Symbol.asyncIterator]() {
    await this.started;
    for (;;) {
      const begin = Date.now();
      let trouble = null;
      try {
        yield* this.#stream();
      } catch (failure) {
        this.#signal?.throwIfAborted();
        if (failure instanceof EventsMissed || (failure instanceof ApiError && !isBusy(failure))) throw failure;
        trouble = failure;
      }
      if (Date.now() - begin >= longEnoughMs) this.#failures = 0;
      await this.#pause(trouble);
    }
  }

  async *#stream() {
    const ending = new AbortController();
    const abort = () => ending.abort();
    let timer = setTimeout(abort, longestSilenceMs);
    const hear = () => {
      clearTimeout(timer);
      timer = setTimeout(abort, longestSilenceMs);
    };
    this.#signal?.addEventListener("abort", abort);
    try {
      this.#signal?.throwIfAborted();
      const response = await this.#transport.open({
        method: "GET",
        path: "/v1/events",
        query: { ...this.#query, after: this.#last },
        headers: { Accept: "text/event-stream", "Last-Event-ID": String(this.#last) },
        signal: ending.signal,
      });
      this.#failingSince = null;
      for await (const message of readMessages(readLines(response.body, hear))) {
        this.#failures = 0;
        const event = this.#take(message);
        if (event !== null) {
          // The reader may take its time.
          clearTimeout(timer);
          yield event;
          hear();
        }
      }
    } finally {
      clearTimeout(timer);
      this.#signal?.removeEventListener("abort", abort);
      ending.abort();
    }
  }

  /** The event of the message, if it is a new one. */
  #take({ event, data, id }) {
    if (event === "missed") {
      const gap = JSON.parse(data);
      throw new EventsMissed(gap.after, gap.until);
    }
    if (event === "message" && data !== "") {
      const happened = JSON.parse(data);
      if (happened.event_id <= this.#last) return null;
      this.#last = happened.event_id;
      return happened;
    }
    if (/^\d+$/.test(id ?? "")) this.#last = Math.max(this.#last, Number(id));
    return null;
  }

  async #pause(trouble) {
    const now = Date.now();
    this.#failingSince ??= now;
    if (now - this.#failingSince > this.#patience) {
      const why = trouble?.cause?.message ?? trouble?.message ?? "the stream ended";
      throw new Unreachable(`no events came for ${this.#patience} ms: ${why}`, trouble);
    }
    ++this.#failures;
    await sleep((trouble?.retryAfter ?? 0) * 1000 + backoff(this.#failures), this.#signal);
  }
}
