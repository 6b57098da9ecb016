# A handler that does what the payload of each job says, for tests. Arguments make it start badly.
import json, os, signal, subprocess, sys, time

START = sys.argv[1] if len(sys.argv) > 1 else ""


def say(**what):
    print(json.dumps(what), flush=True)


def advance(job):
    say(id=job["id"], advance=job["payload"].get("output"))


def tell(job):
    say(id=job["id"], advance={
        "job": job,
        "pid": os.getpid(),
        "parent": os.getppid(),
        "group": os.getpgid(0),
        "greeting": greeting,
        "environment": dict(os.environ),
        "descriptors": sorted(int(fd) for fd in os.listdir("/proc/self/fd")),
        "signals": [line for line in open("/proc/self/status") if line.startswith(("SigBlk", "SigIgn"))],
    })


def answer(job):
    say(id=job["id"], **job["payload"]["answer"])


def raw(job):
    print(job["payload"]["text"], flush=True)


def exit_with(job):
    print("going down", file=sys.stderr, flush=True)
    os._exit(job["payload"]["code"])


def crash(job):
    os.kill(os.getpid(), signal.SIGSEGV)


def long_line(job):
    print("x" * job["payload"]["size"], flush=True)


def large(job):
    say(id=job["id"], advance="x" * job["payload"]["size"])


def hang(job):
    time.sleep(1000)


def polite(job):
    """Answers when it is told to end, and ends."""
    def on_term(number, frame):
        say(id=job["id"], advance="told")
        os._exit(0)
    signal.signal(signal.SIGTERM, on_term)
    say(id=job["id"], progress=1)
    time.sleep(1000)


def deaf(job):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say(id=job["id"], progress=1)
    while job["payload"].get("loud"):
        print("no", file=sys.stderr)
    time.sleep(1000)


def report(job):
    """Says how far it is, and goes on when the test opens the FIFO."""
    for said in job["payload"]["say"]:
        say(id=job["id"], **said)
        with open(job["payload"]["fifo"]) as gate:
            gate.read()  # until it is closed, or the same opening would do for the next one
    advance(job)


def talk(job):
    for i in range(job["payload"]["lines"]):
        print("line", i, file=sys.stderr)
    sys.stderr.flush()
    advance(job)


def bear(job):
    """Leaves a process behind, which holds everything open."""
    born = subprocess.Popen(["sleep", "1000"])
    say(id=job["id"], advance=born.pid)


if START == "die":
    sys.exit("no such module")
greeting = json.loads(sys.stdin.readline())
if START == "silent":
    time.sleep(1000)
elif START == "garbage":
    print("hello", flush=True)
elif START == "newer":
    say(ready=2)
elif START == "eager":
    print('{"ready": 1}\n{"id": 1, "advance": null}', flush=True)
else:
    say(ready=1)
for line in sys.stdin:
    job = json.loads(line)
    payload = job["payload"] if isinstance(job["payload"], dict) else {}
    {"advance": advance, "tell": tell, "answer": answer, "raw": raw, "exit": exit_with,
     "crash": crash, "long_line": long_line, "large": large, "hang": hang, "polite": polite,
     "deaf": deaf, "report": report, "talk": talk, "bear": bear}[payload.get("do", "advance")](job)
