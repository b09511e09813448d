/** The plots of experiments: their axes, their labels, and what they draw of one, equal, lossless and far-off values. */
import { expect, test } from 'vitest';
import { linearAxis, logAxis } from '../../../../../client/api/pages/plots/axes.ts';
import { labelSides } from '../../../../../client/api/pages/experiments/plot/labels.ts';
import {
  rateDistortionPlot,
  type RatedPoint,
} from '../../../../../client/api/pages/experiments/plot/rate-distortion.ts';

const options = { without: [20, 50], leastSpan: 6 } as const;

const point = (bitrateMbps: number, psnrDb: number | null, label = 'a'): RatedPoint => ({
  label,
  href: `/experiments/${label}`,
  bitrateMbps,
  psnrDb,
  mark: 'other',
});

async function drawn(points: readonly RatedPoint[]): Promise<string> {
  const plot = { title: 'Rounds', noun: 'round', wantedPsnrDb: 30, joinsFront: true };
  return String(await rateDistortionPlot(points, plot));
}

test('ticks are round numbers: 1, 2 and 5 of each power of ten, and powers alone over a wide range', () => {
  expect(logAxis([0.04, 3]).ticks.map(({ label }) => label)).toEqual(['0.05', '0.1', '0.2', '0.5', '1', '2']);
  const wide = logAxis([1e-6, 1e5]).ticks.map(({ label }) => Number(label));
  expect(wide.length).toBeLessThanOrEqual(8);
  expect(wide.every((value) => Number.isInteger(Math.log10(value)))).toBe(true);
  expect(linearAxis([28.3, 41.9], options).ticks.map(({ label }) => label)).toEqual(['25', '30', '35', '40', '45']);
});

test.each([[[]], [[7]], [[7, 7, 7]], [[1e-9]], [[1e9]], [[1e-9, 1e9]]])(
  'an axis of %j has at least two ticks, and every value lies on it',
  (values) => {
    for (const axis of [logAxis(values), linearAxis(values, options)]) {
      expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
      for (const place of [...values.map(axis.place), ...axis.ticks.map(({ at }) => at)]) {
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThanOrEqual(1);
      }
    }
  },
);

test('an axis does not go beyond the most that a value can be', () => {
  const { place } = linearAxis([0.98, 1], { without: [0, 1], leastSpan: 0.01, most: 1 });
  expect(place(1)).toBe(1);
});

test('a label keeps clear of points and of other labels, and is left out where there is no room', () => {
  const at = (x: number, y: number) => ({ x, y, label: 'round 1' });
  expect(labelSides([at(0.1, 0.5), at(0.99, 0.5)])).toEqual(['right', 'left']);
  expect(labelSides([at(0.5, 0.5), at(0.55, 0.5)])).toEqual(['left', 'right']);
  expect(labelSides([at(0.5, 0.5), at(0.5, 0.5), at(0.5, 0.5)])).toEqual(['right', 'left', null]);
});

test('C09: a lossless round stands in a band at the top that says so, and its PSNR is no number', async () => {
  const text = await drawn([point(2, null, 'round 1'), point(0.5, 31.5, 'round 2')]);
  expect(text).toContain('class="band"');
  expect(text).toContain('round 1: 2.00 Mbit/s, lossless');
  expect(text).toContain('2 rounds, bitrate from 0.500 Mbit/s to 2.00 Mbit/s; PSNR 31.5 dB; 1 lossless');
  expect(await drawn([point(0.5, 31.5)])).not.toContain('band');
});

test.each([
  ['one point', [point(0.5, 31.5)]],
  ['equal points', [point(0.5, 31.5), point(0.5, 31.5)]],
  ['lossless points alone', [point(0.5, null), point(0.5, null)]],
  ['far-off points', [point(1e-9, 0), point(1e9, 200)]],
])('the plot of %s has places for all of it', async (_name, points) => {
  const text = await drawn(points);
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
  expect(text.match(/class="point /g)).toHaveLength(points.length);
});

test('a name cannot leave its place in the plot, and without a point there is a sentence instead', async () => {
  expect(await drawn([point(1, 30, '<script>"\'')])).not.toContain('<script>');
  expect(await drawn([])).toContain('begins with the first round that is scored');
});
