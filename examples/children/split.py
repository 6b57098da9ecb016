# Makes a child for each paragraph of the payload's text, all in one transaction.
import json, sys

sys.stdin.readline()
print('{"ready": 1}', flush=True)
for line in sys.stdin:
    job = json.loads(line)
    parts = [part for part in job["payload"]["text"].split("\n\n") if part.strip()]
    children = [{"pipeline": "paragraph", "payload": {"text": part}} for part in parts]
    print(json.dumps({"id": job["id"], "advance": None, "children": children}), flush=True)
