/** Puts the labels of a plot's points where they cover neither points nor each other; those without room are left out. Pure. */

export interface LabelledPoint {
  /** From the left and from the top, between 0 and 1. */
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

export type LabelSide = 'right' | 'left';

/** A usual size of a plot in pixels. In a narrower window the style sheet hides most labels. */
const plot = { width: 560, height: 260 };
const characterWidth = 7;
const lineHeight = 15;
const pointRadius = 7;
const distance = 15;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The side of each label, in the order of the points; the first points are the most important. */
export function labelSides(points: readonly LabelledPoint[]): readonly (LabelSide | null)[] {
  const taken = points.map(pointBox);
  return points.map((point) => {
    const free = (['right', 'left'] as const).find((side) => {
      const box = labelBox(point, side);
      return box.left >= 0 && box.right <= plot.width && !taken.some((other) => isOver(box, other));
    });
    if (free === undefined) return null;
    taken.push(labelBox(point, free));
    return free;
  });
}

function pointBox({ x, y }: LabelledPoint): Box {
  const [centre, middle] = [x * plot.width, y * plot.height];
  return {
    left: centre - pointRadius,
    right: centre + pointRadius,
    top: middle - pointRadius,
    bottom: middle + pointRadius,
  };
}

function labelBox({ x, y, label }: LabelledPoint, side: LabelSide): Box {
  const width = label.length * characterWidth;
  const left = side === 'right' ? x * plot.width + distance : x * plot.width - distance - width;
  const top = y * plot.height - lineHeight / 2;
  return { left, right: left + width, top, bottom: top + lineHeight };
}

function isOver(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
