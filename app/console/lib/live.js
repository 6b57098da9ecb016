/** What keeps a page true: it is read again each few seconds and when events come, and it says how old it is. */

import { address } from "./api.js";

const between = 2000;

/**
 * Calls `read(signal)` now, each two seconds, and soon after `poke()`. One call at a time; none while the page is
 * hidden or frozen. `onState({ ok, at, failure })` is told after each one.
 */
export class Refresher {
  #timer = 0;
  #abort = new AbortController();
  #busy = false;
  #again = false;
  #ended = false;
  frozen = false;

  constructor(read, onState = () => {}) {
    this.read = read;
    this.onState = onState;
    this.onShown = () => document.hidden || this.poke();
    document.addEventListener("visibilitychange", this.onShown);
    this.#run();
  }

  async #run() {
    if (this.#ended) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#busy = true;
    if (!document.hidden && !this.frozen) {
      try {
        await this.read(this.#abort.signal);
        if (!this.#ended) this.onState({ ok: true, at: Date.now() });
      } catch (failure) {
        if (!this.#ended) this.onState({ ok: false, failure });
      }
    }
    this.#busy = false;
    if (this.#ended) return;
    this.#timer = setTimeout(() => this.#run(), this.#again ? 250 : between);
    this.#again = false;
  }

  poke() {
    this.#run();
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#abort.abort();
    document.removeEventListener("visibilitychange", this.onShown);
  }
}

/** Events as they happen. `onEvent(event)`, `onMissed({ after, until })`, `onConnection(isOpen)`. */
export class EventFeed {
  constructor(parameters, { onEvent, onMissed = () => {}, onConnection = () => {} }) {
    this.source = new EventSource(address("/v1/events", parameters));
    this.source.onopen = () => onConnection(true);
    this.source.onerror = () => onConnection(false);
    this.source.onmessage = (message) => onEvent(JSON.parse(message.data));
    this.source.addEventListener("missed", (message) => onMissed(JSON.parse(message.data)));
  }

  end() {
    this.source.close();
  }
}
