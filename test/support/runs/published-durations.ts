/**
 * 44 durations with the figures that were published of the system before this one, which published no single duration:
 * from 61.5 s to 247.3 s, mean 165.2 s, 95th percentile 230.2 s. The durations between are made up to give these figures.
 * The 41st and 42nd are equal, so that the percentile is the same by nearest rank and by interpolation.
 */
export const publishedDurationsMs: readonly number[] = [
  89_900, 226_900, 133_200, 158_100, 163_600, 183_600, 158_000, 169_300, 153_000, 150_400, 220_500, 117_200, 154_500,
  82_600, 110_200, 202_400, 117_100, 105_400, 174_300, 160_100, 160_000, 136_700, 113_700, 214_600, 194_000, 230_200,
  131_600, 238_400, 82_400, 188_900, 199_700, 167_300, 155_800, 61_500, 210_200, 168_800, 215_600, 173_300, 200_500,
  176_800, 161_000, 230_200, 180_000, 247_300,
];
