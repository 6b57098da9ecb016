#!/usr/bin/env python3
"""Answers a question from ingested documents, with citations. While `millrace run` runs:

    millrace submit examples/documents --wait
    PYTHONPATH=clients/python python3 examples/rag/answer.py "how do I stop the water wheel"

The answer is made of sentences of the documents. With OPENAI_BASE_URL (http://127.0.0.1:8080/v1), OPENAI_MODEL
and perhaps OPENAI_API_KEY a model writes it, from the same chunks. MILLRACE_URL and MILLRACE_TOKEN name another
server than that of this machine.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.request
from typing import Dict, List, Set, Tuple

from millrace import Client, Hit

SENTENCES = 3
PROMPT = "Answer from the sources only, in at most three sentences. Cite each as [n]. Say so if they do not answer."


def words(text: str) -> Set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}


def extract(question: str, hits: List[Hit]) -> str:
    """The sentences that share most words with the question; of two alike, that of the better hit."""
    wanted = words(question)
    found: Dict[str, Tuple[int, int, str]] = {}
    for number, hit in enumerate(hits, 1):
        for sentence in re.split(r"(?<=[.!?])\s+|\n\s*\n|\n(?=[#|-])", hit["text"]):
            text = " ".join(sentence.split())
            if text and not text.startswith(("#", "|")):
                found.setdefault(text, (len(wanted & words(text)), -number, f"{text} [{number}]"))
    best = sorted((one for one in found.values() if one[0]), reverse=True)[:SENTENCES]
    return "\n".join(cited for _, _, cited in best) or "The documents do not say."


def ask_model(question: str, hits: List[Hit], endpoint: str) -> str:
    sources = "\n\n".join(f"[{number}] {hit['text']}" for number, hit in enumerate(hits, 1))
    messages = [
        {"role": "system", "content": PROMPT},
        {"role": "user", "content": f"Sources:\n{sources}\n\nQuestion: {question}"},
    ]
    body = json.dumps({"model": os.environ.get("OPENAI_MODEL", ""), "messages": messages}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ.get('OPENAI_API_KEY', '')}"}
    request = urllib.request.Request(f"{endpoint.rstrip('/')}/chat/completions", body, headers)
    with urllib.request.urlopen(request, timeout=120) as response:
        return str(json.load(response)["choices"][0]["message"]["content"])


def main() -> None:
    question = " ".join(sys.argv[1:]) or sys.exit("give a question")
    client = Client(os.environ.get("MILLRACE_URL", "http://127.0.0.1:7117"), os.environ.get("MILLRACE_TOKEN"))
    hits = client.search(question, top=4)
    endpoint = os.environ.get("OPENAI_BASE_URL")
    print(ask_model(question, hits, endpoint) if endpoint else extract(question, hits), end="\n\n")
    for number, hit in enumerate(hits, 1):
        place = f"{hit['document_name']}, {hit['heading_path'] or 'the beginning'}"
        print(f"[{number}] {place}, bytes {hit['byte_begin']}-{hit['byte_end']}")


if __name__ == "__main__":
    main()
