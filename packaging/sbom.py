"""Prints an SPDX 2.3 document of the Debian packages whose libraries the programs load.

Usage: sbom.py VERSION PROGRAM... (its time is SOURCE_DATE_EPOCH)
"""
import datetime
import json
import os
import re
import subprocess
import sys


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries(program):
    return re.findall(r"=> (/\S+)", output("ldd", program))


def package_of(library):
    # dpkg knows a library by the path before or after the merge of /usr.
    real = os.path.realpath(library)
    for path in (real, real.removeprefix("/usr"), library):
        found = subprocess.run(("dpkg", "-S", path), capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(": ")[0]
    raise SystemExit(f"sbom.py: {library} belongs to no package")


def describe(name):
    fields = output("dpkg-query", "-W", "-f", "${Package}\n${Version}\n${Homepage}\n${source:Package}", name)
    package, version, homepage, source = fields.split("\n")
    return {
        "SPDXID": "SPDXRef-" + re.sub("[^A-Za-z0-9.-]", "-", package),
        "name": package,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "homepage": homepage or "NOASSERTION",
        "filesAnalyzed": False,
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{package}@{version}?source={source}",
        }],
    }


def main():
    version, programs = sys.argv[1], sys.argv[2:]
    names = sorted({package_of(library) for program in programs for library in libraries(program)})
    packages = [describe(name) for name in names]
    time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    own = {
        "SPDXID": "SPDXRef-millrace",
        "name": "millrace",
        "versionInfo": version,
        "licenseDeclared": "BSD-3-Clause",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
    }
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", own["SPDXID"])]
    relations += [(own["SPDXID"], "DYNAMIC_LINK", one["SPDXID"]) for one in packages]
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"millrace-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/millrace-{version}-{int(time.timestamp())}",
        "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: millrace-sbom"]},
        "packages": [own, *packages],
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in relations
        ],
    }
    print(json.dumps(document, indent=2))


main()
