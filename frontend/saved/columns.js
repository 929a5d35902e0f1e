/** The columns of an answer as a reader sees them. */

/** The answer without the columns of IRIs that a column `…Label` names, under these headings. */
export function joined(answer, headings) {
  const places = new Map(answer.columns.map((name, at) => [name, at]));
  const kept = answer.columns
    .map((name, at) => [name, at])
    .filter(([name]) => !places.has(`${name}Label`));
  return {
    ...answer,
    columns: kept.map(([name]) => headings[name] ?? name),
    rows: answer.rows.map((row) => kept.map(([, at]) => row[at])),
  };
}
