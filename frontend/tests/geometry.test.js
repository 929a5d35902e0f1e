import assert from "node:assert/strict";
import test from "node:test";

import { parse, placeColumns } from "../answers/geometry.js";

const DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal";
const WKT = "http://www.opengis.net/ont/geosparql#wktLiteral";
const EPSG = "<http://www.opengis.net/def/crs/EPSG/0/4326>";

const LITERALS = [
  ["POINT(6.65 44.66)", { kind: "point", points: [44.66, 6.65] }],
  [" Point Z ( 6.65 44.66 900 ) ", { kind: "point", points: [44.66, 6.65] }],
  [`${EPSG} POINT(44.66 6.65)`, { kind: "point", points: [44.66, 6.65] }],
  [
    "MULTIPOINT(1 2, 3 4)",
    {
      kind: "points",
      points: [
        [2, 1],
        [4, 3],
      ],
    },
  ],
  [
    "MULTIPOINT((1 2), (3 4))",
    {
      kind: "points",
      points: [
        [2, 1],
        [4, 3],
      ],
    },
  ],
  [
    "LINESTRING(1 2, 3 4)",
    {
      kind: "line",
      points: [
        [2, 1],
        [4, 3],
      ],
    },
  ],
  [
    "POLYGON((0 0, 0 1, 1 1, 0 0))",
    {
      kind: "area",
      points: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    },
  ],
  [
    "MULTIPOLYGON(((0 0, 0 1, 1 1)), ((2 2, 2 3, 3 3)))",
    {
      kind: "area",
      points: [
        [
          [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        ],
        [
          [
            [2, 2],
            [3, 2],
            [3, 3],
          ],
        ],
      ],
    },
  ],
];
const NOT_DRAWN = [
  "POINT EMPTY",
  "POINT(6.65)",
  "POINT(x y)",
  "POINT(6 144)",
  "POINT((6 44))",
  "POLYGON(0 0, 1 1)",
  "CIRCLE(1 2)",
  "",
  "<http://www.opengis.net/def/crs/EPSG/0/2154> POINT(700000 6600000)",
  "POINT(1 2), POINT(3 4)",
  "point of view (1 2)",
];

for (const [literal, place] of LITERALS) {
  test(`${literal} is drawn, latitude first`, () => {
    assert.deepEqual(parse(literal), place);
  });
}

for (const literal of NOT_DRAWN) {
  test(`"${literal}" is not drawn`, () => {
    assert.equal(parse(literal), null);
  });
}

test("places are columns of WKT, and a pair of latitude and longitude", () => {
  const number = (value) => ({ type: "literal", value, datatype: DECIMAL });
  const rows = [
    [{ type: "literal", value: "POINT(1 2)", datatype: WKT }, number("48.5"), number("2.25"), null],
  ];
  const found = placeColumns({ columns: ["point", "lat", "long", "none"], rows });

  assert.deepEqual(
    found.map(({ name }) => name),
    ["point", "lat, long"],
  );
  assert.deepEqual(
    found.map(({ place }) => place(rows[0]).points),
    [
      [2, 1],
      [48.5, 2.25],
    ],
  );
});
