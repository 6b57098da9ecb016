#!/usr/bin/env python3
# A stage in Python: counts the words of {"text": "..."}.
import json, sys

sys.stdin.readline()  # {"millrace": 1, "pipeline": ..., "stage": ...}
print('{"ready": 1}', flush=True)
for line in sys.stdin:
    job = json.loads(line)
    count = len(job["payload"]["text"].split())
    print(json.dumps({"id": job["id"], "advance": {"words": count}}), flush=True)
