#!/usr/bin/env python3
# A stage that takes its time, and says how far it is: counts the words of {"pages": ["...", ...]}.
import json, sys

sys.stdin.readline()  # {"millrace": 1, "pipeline": ..., "stage": ...}
print('{"ready": 1}', flush=True)
for line in sys.stdin:
    job = json.loads(line)
    pages = job["payload"]["pages"]
    words = 0
    for number, page in enumerate(pages, 1):
        words += len(page.split())
        print(json.dumps({"id": job["id"], "progress": 100 * number / len(pages),
                          "message": f"page {number} of {len(pages)}"}), flush=True)
    print(json.dumps({"id": job["id"], "advance": {"words": words}}), flush=True)
