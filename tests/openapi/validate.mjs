// Usage: validate.mjs DOCUMENT
import { readFileSync } from "node:fs";

import { Validator } from "@seriousme/openapi-schema-validator";

const validator = new Validator();
const { valid, errors } = await validator.validate(JSON.parse(readFileSync(process.argv[2], "utf8")));
if (!valid || validator.version !== "3.1") {
  console.error(`OpenAPI ${validator.version}: ${JSON.stringify(errors, null, 1)}`);
  process.exit(1);
}
console.log("valid");
