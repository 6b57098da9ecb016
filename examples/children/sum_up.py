# Is called once, when every paragraph is done: adds up what they found.
import json, sys

sys.stdin.readline()
print('{"ready": 1}', flush=True)
for line in sys.stdin:
    job = json.loads(line)
    words = sum(child["output"]["words"] for child in job["children"])
    found = {"paragraphs": len(job["children"]), "words": words}
    print(json.dumps({"id": job["id"], "advance": found}), flush=True)
