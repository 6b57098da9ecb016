# Counts the words of one paragraph; one without a letter is refused.
import json, sys

sys.stdin.readline()
print('{"ready": 1}', flush=True)
for line in sys.stdin:
    job = json.loads(line)
    text = job["payload"]["text"]
    if any(letter.isalpha() for letter in text):
        answer = {"advance": {"words": len(text.split())}}
    else:
        answer = {"reject": {"code": "NO_WORDS", "why": "no letter in it"}}
    print(json.dumps({"id": job["id"], **answer}), flush=True)
