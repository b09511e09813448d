/** All limits of an experiment's frames: of the input, of what the code under test returns, and of what is measured. */

const mebibyte = 2 ** 20;

export const videoLimits = {
  /** Of width and height. SSIM needs 11 in each direction. */
  leastPixels: 16,
  mostPixels: 1920,
  mostFrames: 1000,
  /** With less, the bitrate of few bytes would be no number above 0. */
  leastFramesPerSecond: 0.01,
  mostFramesPerSecond: 240,
  /** Of all frames as raw RGB. */
  rawBytes: 64 * mebibyte,
  /** Of an uploaded video; a Y4M file and most pictures are smaller than the raw frames. */
  uploadBytes: 64 * mebibyte,
  /** Of what `encode` returns. */
  encodedBytes: 64 * mebibyte,
  /** Of a comparison picture's longer side; larger frames are made smaller for it. */
  pictureLongestSide: 640,
  /** Of all comparison pictures of an experiment. */
  picturesBytes: 16 * mebibyte,
  /** The difference of two frames is multiplied by this in its picture, so that small ones can be seen. */
  differenceGain: 8,
} as const;
