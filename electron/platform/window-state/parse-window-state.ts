/** Reads the structures of Windows (windef.h, winuser.h) that say where a window is. */
import { windows } from '../native/windows-numbers.ts';
import type { PixelRectangle } from './window-state-port.ts';

/** Bytes of each structure. */
export const sizes = {
  /** DWORD */
  number: windows.window.numberBytes,
  /** POINT: two numbers. */
  point: windows.window.pointBytes,
  /** RECT: left, top, right, bottom. */
  rectangle: windows.window.rectangleBytes,
  /** MONITORINFO: its own size, two rectangles, flags. */
  monitor: windows.window.monitorBytes,
} as const;

/** `rcMonitor` in MONITORINFO. */
const monitorOffset = windows.window.monitorRectangle;

export function parseRectangle(bytes: Buffer, offset: number): PixelRectangle {
  const [left, top] = [bytes.readInt32LE(offset), bytes.readInt32LE(offset + 4)];
  return {
    x: left,
    y: top,
    width: bytes.readInt32LE(offset + 8) - left,
    height: bytes.readInt32LE(offset + 12) - top,
  };
}

export function parsePoint(bytes: Buffer): { readonly x: number; readonly y: number } {
  return { x: bytes.readInt32LE(0), y: bytes.readInt32LE(4) };
}

/** The whole display, not its work area. */
export function parseMonitor(bytes: Buffer): PixelRectangle {
  return parseRectangle(bytes, monitorOffset);
}
