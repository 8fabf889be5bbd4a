/**
 * A map to choose a point on, or the corners of a polygon. There are no tiles and no coastlines: the background shows where
 * the index has documents, counted in cells by the server. Latitudes and longitudes are its coordinates, with north at the top.
 */

import { element, setAttributes, svg } from "./dom.js";
import type { Point } from "./functions.js";

export interface Bounds {
  north: number;
  south: number;
  east: number;
  west: number;
}

/** A part of the globe with documents. */
export interface Cell extends Bounds {
  documents: number;
}

export interface PointMap {
  element: HTMLElement;
  /** The chosen points, a circle around the last one, and the points of the hits. */
  show(points: readonly Point[], radiusKm: number | undefined, hits: readonly Point[]): void;
}

export interface MapOptions {
  label: string;
  /** The cells within the bounds, each a share of the width of the map that `level` halves. */
  cells(bounds: Bounds, level: number): Promise<Cell[]>;
  /** Whether each click adds a corner. */
  isPolygon: boolean;
  onChange(points: readonly Point[]): void;
}

const DEEPEST_LEVEL = 7;
const KEYS = "Arrow keys move the point, with Shift ten times as far; plus and minus zoom.";
const POLYGON_KEYS = "Enter adds a corner, which can then be moved; Backspace removes the last one.";
const KM_PER_DEGREE = 111.32;

export function createMap({ label, cells, isPolygon, onChange }: MapOptions): PointMap {
  let level = 0;
  let bounds: Bounds = { north: 90, south: -90, east: 180, west: -180 };
  let points: readonly Point[] = [];
  let radiusKm: number | undefined;
  let hits: readonly Point[] = [];

  const land = svg("g", { class: "land" });
  const grid = svg("path", { class: "grid" });
  const dots = svg("g", { class: "dots" });
  const circle = svg("ellipse", { class: "radius" });
  const polygon = svg("polygon", { class: "radius" });
  const marker = svg("g", { class: "marker" });
  const picture = svg(
    "svg",
    {
      class: "map",
      preserveAspectRatio: "none",
      tabindex: "0",
      role: "application",
      "aria-label": `${label}: a map. ${KEYS}${isPolygon ? ` ${POLYGON_KEYS}` : ""}`,
      onclick: clicked,
      onkeydown: pressed,
    },
    land,
    grid,
    circle,
    polygon,
    dots,
    marker,
  );
  const place = element("output", { class: "place", "aria-live": "polite" });
  const zoomIn = element("button", { type: "button", "aria-label": "Zoom in", onclick: () => zoom(level + 1) }, "+");
  const zoomOut = element("button", { type: "button", "aria-label": "Zoom out", onclick: () => zoom(level - 1) }, "−");
  const box = element(
    "div",
    { class: "map-box" },
    picture,
    element("div", { class: "map-tools" }, zoomIn, zoomOut),
    place,
  );

  zoom(0);

  function clicked(event: Event): void {
    if (!(event instanceof MouseEvent)) return;
    const { left, top, width, height } = picture.getBoundingClientRect();
    const clicked = rounded({
      lon: bounds.west + ((event.clientX - left) / width) * (bounds.east - bounds.west),
      lat: bounds.north - ((event.clientY - top) / height) * (bounds.north - bounds.south),
    });
    onChange(isPolygon ? [...points, clicked] : [clicked]);
  }

  function pressed(event: Event): void {
    if (!(event instanceof KeyboardEvent) || event.ctrlKey || event.metaKey || event.altKey) return;
    const distance = (event.shiftKey ? 10 : 1) / 2 ** level;
    const moves: Record<string, [number, number]> = {
      ArrowUp: [1, 0],
      ArrowDown: [-1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const move = moves[event.key];
    if (move !== undefined) {
      const { lat, lon } = last();
      const moved = rounded({ lat: lat + move[0] * distance, lon: lon + move[1] * distance });
      onChange([...points.slice(0, -1), moved]);
    } else if (isPolygon && event.key === "Enter") onChange([...points, last()]);
    else if (isPolygon && ["Backspace", "Delete"].includes(event.key)) onChange(points.slice(0, -1));
    else if (event.key === "+" || event.key === "=") zoom(level + 1);
    else if (event.key === "-") zoom(level - 1);
    else return;
    event.preventDefault();
  }

  /** The point that keys move. */
  function last(): Point {
    return points.at(-1) ?? { lat: 0, lon: 0 };
  }

  /** On the globe, with as many digits as can be seen. */
  function rounded(chosen: Point): Point {
    const digits = 2 + Math.floor(level / 2);
    const lat = Math.min(90, Math.max(-90, chosen.lat));
    const lon = ((((chosen.lon + 180) % 360) + 360) % 360) - 180;
    return { lat: Number(lat.toFixed(digits)), lon: Number(lon.toFixed(digits)) };
  }

  function zoom(to: number): void {
    level = Math.min(DEEPEST_LEVEL, Math.max(0, to));
    zoomIn.disabled = level === DEEPEST_LEVEL;
    zoomOut.disabled = level === 0;
    look(last());
  }

  /** Shows the surroundings of a point, and gets the cells there. */
  function look(centre: Point): void {
    const width = 360 / 2 ** level;
    const height = width / 2;
    const west = Math.min(180 - width, Math.max(-180, centre.lon - width / 2));
    const south = Math.min(90 - height, Math.max(-90, centre.lat - height / 2));
    bounds = { west, south, east: west + width, north: south + height };
    setAttributes(picture, { viewBox: `${west} ${-bounds.north} ${width} ${height}` });
    setAttributes(grid, { d: graticule(bounds) });
    draw();
    const wanted = bounds;
    cells(wanted, level).then(
      (found) => {
        if (wanted === bounds) land.replaceChildren(...shades(found));
      },
      // The map works without its background, and the search itself will say what is wrong with the server.
      () => land.replaceChildren(),
    );
  }

  function draw(): void {
    const width = bounds.east - bounds.west;
    dots.replaceChildren(...hits.map((hit) => svg("circle", { cx: hit.lon, cy: -hit.lat, r: width / 160 })));
    marker.replaceChildren();
    setAttributes(circle, { rx: 0, ry: 0 });
    setAttributes(polygon, { points: isPolygon ? points.map(({ lat, lon }) => `${lon},${-lat}`).join(" ") : "" });
    const point = points.at(-1);
    place.textContent = point === undefined ? "no point" : `${point.lat}°, ${point.lon}°`;
    if (point === undefined) return;
    const { lat, lon } = point;
    marker.append(
      svg("circle", { cx: lon, cy: -lat, r: width / 60 }),
      svg("circle", { class: "centre", cx: lon, cy: -lat, r: width / 240 }),
    );
    if (radiusKm !== undefined && radiusKm > 0) {
      const ry = radiusKm / KM_PER_DEGREE;
      const narrowing = Math.max(0.05, Math.cos((lat * Math.PI) / 180));
      setAttributes(circle, { cx: lon, cy: -lat, rx: Math.min(180, ry / narrowing), ry });
    }
  }

  return {
    element: box,
    show(shown, radius, found) {
      [points, radiusKm, hits] = [shown, radius, found];
      const { lat, lon } = last();
      const isOutside = lon < bounds.west || lon > bounds.east || lat < bounds.south || lat > bounds.north;
      if (isOutside && points.length > 0) look({ lat, lon });
      else draw();
    },
  };
}

/** Few elements for many cells: one path for each of three shades. */
function shades(cells: readonly Cell[]): SVGPathElement[] {
  const counts = cells.map((cell) => cell.documents).toSorted((left, right) => left - right);
  const few = counts[Math.floor(counts.length * 0.5)] ?? 0;
  const many = counts[Math.floor(counts.length * 0.9)] ?? 0;
  const shadeOf = ({ documents }: Cell) => (documents > many ? 2 : documents > few ? 1 : 0);
  return [0, 1, 2].map((shade) => {
    const rectangles = cells
      .filter((cell) => shadeOf(cell) === shade)
      .map(({ north, south, east, west }) => `M${west} ${-north}H${east}V${-south}H${west}Z`);
    return svg("path", { class: `shade-${shade}`, d: rectangles.join("") });
  });
}

/** Lines of about a twelfth of the map's width. */
function graticule({ north, south, east, west }: Bounds): string {
  const distance = [30, 15, 10, 5, 2, 1, 0.5, 0.25].find((degrees) => degrees <= (east - west) / 8) ?? 0.25;
  const lines: string[] = [];
  for (let lon = Math.ceil(west / distance) * distance; lon <= east; lon += distance)
    lines.push(`M${lon} ${-north}V${-south}`);
  for (let lat = Math.ceil(south / distance) * distance; lat <= north; lat += distance)
    lines.push(`M${west} ${-lat}H${east}`);
  return lines.join("");
}

/** The cell with the name of a tile: zoom, column and row. */
export function cellOf(tile: string, documents: number): Cell {
  const [zoom = 0, column = 0, row = 0] = tile.split("/").map(Number);
  const tiles = 2 ** zoom;
  const longitude = (at: number) => (at / tiles) * 360 - 180;
  const latitude = (at: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * at) / tiles))) * 180) / Math.PI;
  return {
    west: longitude(column),
    east: longitude(column + 1),
    north: latitude(row),
    south: latitude(row + 1),
    documents,
  };
}
