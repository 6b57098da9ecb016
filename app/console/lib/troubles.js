/** What is wrong, in sentences with what to do, the worst first. */

import { sentence } from "./dialog.js";
import { count, counted, duration } from "./format.js";
import { jobsAt, runtimeState } from "./words.js";

const longMessage = 5e6;
const longMailbox = 1000;

/** `picture` has what the calls answered; a part that could not be read is null. */
export function troublesOf(picture) {
  const found = [
    ...ofHealth(picture.health), ...ofServices(picture.services), ...ofActors(picture.actors),
    ...ofRuntimes(picture.runtimes), ...ofStages(picture.stages), ...ofSchedules(picture.schedules),
  ];
  const order = ["bad", "warns"];
  return found.sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
}

function ofHealth(health) {
  const tone = health?.state === "unhealthy" ? "bad" : "warns";
  return (health?.reasons ?? []).map((reason) => ({ tone, text: sentence(reason), href: "#/actors", link: "Look at the actors" }));
}

function ofServices(services) {
  return (services?.services ?? [])
    .filter((service) => service.state !== "healthy")
    .map((service) => {
      const why = service.endpoints.find((endpoint) => !endpoint.is_well)?.why;
      return {
        tone: service.state === "unhealthy" ? "bad" : "warns",
        text: `The service ${service.service} is ${service.state}${why ? `: ${why}` : ""}. Jobs that need it are tried again by themselves.`,
        href: "#/services", link: "Look at its endpoints",
      };
    });
}

function ofActors(actors) {
  return (actors?.actors ?? []).flatMap((actor) => {
    const where = { href: "#/actors", link: "Look at the actors" };
    if (actor.state === "crashed") return [{ tone: "bad", text: `The actor ${actor.actor} has crashed: ${actor.last_crash}. The supervisor starts it again.`, ...where }];
    if (actor.message_age_us > longMessage) return [{ tone: "bad", text: `The actor ${actor.actor} has been busy with one message for ${duration(actor.message_age_us)}.`, ...where }];
    if (actor.depth > longMailbox) return [{ tone: "warns", text: `${count(actor.depth)} messages wait for the actor ${actor.actor}.`, ...where }];
    return [];
  });
}

function ofRuntimes(runtimes) {
  if (runtimes?.trouble) return [{ tone: "bad", text: `The database does not answer: ${runtimes.trouble}`, href: "#/runtimes", link: "Look at the runtimes" }];
  const all = runtimes?.runtimes ?? [];
  const found = all.filter((runtime) => runtimeState(runtime) === "dead").map((runtime) => ({
    tone: "warns", text: `The lease of runtime ${runtime.runtime_id} on ${runtime.host} has run out: it is dead or cut off. Others take over its jobs.`, href: "#/runtimes", link: "Look at the runtimes",
  }));
  if (runtimes && !all.some((runtime) => runtime.alive)) found.unshift({ tone: "bad", text: "No runtime is at work on this database: jobs wait until one starts. Start one with millrace run.", href: "#/runtimes", link: "Look at the runtimes" });
  return found;
}

function ofStages(stages) {
  const found = [];
  if (stages?.trouble) found.push({ tone: "bad", text: `Jobs cannot be counted: ${stages.trouble}`, href: "#/stages", link: "Look at the stages" });
  for (const stage of stages?.stages ?? []) {
    const name = `${stage.pipeline}/${stage.stage}`;
    const waiting = (stage.jobs?.queued ?? 0) + (stage.jobs?.retryable ?? 0);
    if (stage.jobs?.deadletter)
      found.push({ tone: "warns", text: `${counted(stage.jobs.deadletter, "job")} died at ${name}. Look at why, then replay or delete.`, href: jobsAt(stage, "deadletter"), link: "Show them" });
    if (stage.paused_at && waiting)
      found.push({ tone: "warns", text: `${name} is paused${stage.paused_by ? ` by ${stage.paused_by}` : ""}, and ${counted(waiting, "job waits", "jobs wait")} there. Resume it when it may go on.`, href: "#/stages", link: "Resume it" });
    if (stage.call_age_us > 6e7)
      found.push({ tone: "warns", text: `A call of the handler of ${name} has gone on for ${duration(stage.call_age_us)}.`, href: jobsAt(stage, "working"), link: "Show its jobs" });
  }
  return found;
}

function ofSchedules(schedules) {
  return (schedules?.schedules ?? [])
    .filter((schedule) => schedule.left)
    .map((schedule) => ({ tone: "warns", text: `The schedule ${schedule.schedule} is in the configuration of no runtime: it makes no jobs.`, href: "#/schedules", link: "Look at the schedules" }));
}
