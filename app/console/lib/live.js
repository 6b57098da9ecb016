/** What keeps a page true: it is read again each few seconds and when events come, and it says how old it is. */

import { address } from "./api.js";

const between = 2000;

/**
 * Calls `read(signal)` now, each two seconds, and soon after `poke()`. One call at a time; none while the page is
 * hidden or frozen. `onState({ ok, at, failure })` is told after each one, `at` by performance.now().
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
        if (!this.#ended) this.onState({ ok: true, at: performance.now() });
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

/**
 * Events as they happen. `onEvent(event)`, `onMissed({ after, until })`, `onConnection(isOpen)`. While the page is
 * hidden it is closed, and then goes on after the last event: a browser has few connections to one server.
 */
export class EventFeed {
  #parameters;
  #handlers;
  #source = null;

  constructor(parameters, handlers) {
    this.#parameters = { ...parameters };
    this.#handlers = { onMissed: () => {}, onConnection: () => {}, ...handlers };
    this.onShown = () => (document.hidden ? this.#close() : this.#open());
    document.addEventListener("visibilitychange", this.onShown);
    this.onShown();
  }

  /** The server has refused it: the browser does not open it again. */
  get isOver() {
    return this.#source?.readyState === EventSource.CLOSED;
  }

  #open() {
    if (this.#source) return;
    const { onEvent, onMissed, onConnection } = this.#handlers;
    const source = new EventSource(address("/v1/events", this.#parameters));
    source.onopen = () => onConnection(true);
    source.onerror = () => onConnection(false);
    source.onmessage = (message) => {
      const event = JSON.parse(message.data);
      this.#parameters.after = event.event_id;
      onEvent(event);
    };
    source.addEventListener("missed", (message) => {
      const gap = JSON.parse(message.data);
      this.#parameters.after = gap.until;
      onMissed(gap);
    });
    this.#source = source;
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  end() {
    document.removeEventListener("visibilitychange", this.onShown);
    this.#close();
  }
}
