// The report as one table of text.

const usual = [
  ["transitions", "transitions/s"],
  ["drain", "drain/s"],
  ["enqueue", "enqueue/s"],
  ["first handler p50", "1st p50 ms"],
  ["first handler p99", "1st p99 ms"],
  ["ten stages p50", "10 st. p50 ms"],
];

const underPressure = [
  ["pinned, clean", "clean/s"],
  ["backlog, last tenth, ratio to the second", "last/2nd tenth"],
  ["pinned", "pinned/s"],
  ["pinned, tenth 10", "its last tenth/s"],
];

const WIDTH = 17;
const FIRST = 42;

function short(value) {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}

function row(label, cells) {
  return (label.padEnd(FIRST) + cells.map((cell) => cell.padStart(WIDTH)).join("")).trimEnd();
}

export function table({ title, machine, versions, settings, figures }, pressure) {
  const columns = pressure ? underPressure : usual;
  const find = (name) => figures.find((figure) => figure.name === name);
  const systems = settings.map(({ system }) => ({ system, variant: "" }));
  const oneWriter = systems.findIndex(({ system }) => system === "millrace");
  if (oneWriter >= 0 && !pressure) {
    systems.splice(oneWriter + 1, 0, { system: "millrace", variant: ", one writer" });
  }

  const lines = [
    title,
    machine,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    "",
    "The median of the runs, and below it their smallest and largest value.",
    "",
    row(
      "",
      columns.map(([, head]) => head),
    ),
  ];
  for (const { system, variant } of systems) {
    const found = columns.map(([name]) => find(`${system}: ${name}${variant}`));
    lines.push(
      row(
        system + variant,
        found.map((figure) => (figure ? short(figure.median) : "-")),
      ),
    );
    if (!found.some(Boolean)) continue;
    lines.push(
      row(
        "",
        found.map((figure) => (figure ? `${short(figure.min)}-${short(figure.max)}` : "")),
      ),
    );
  }
  lines.push("", "Settings, and how many jobs a run had:");
  for (const { system, says, counts } of settings) {
    const numbers = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
    lines.push(`  ${system}: ${says}`, `    ${numbers.join(", ")}`);
  }
  return lines.join("\n");
}
