/** The types of `encode.js`, which is JavaScript because browsers load it as it is. */
export const cellSize: number;
export const palette: readonly (readonly [number, number, number])[];
export const magic: readonly number[];
export const headerBytes: number;
export const fewestColumns: number;
export function checksum(bytes: Iterable<number>): number;
/** The palette index of every cell, in whole rows of the given number of columns. */
export function encode(payload: object, columns: number): number[];
