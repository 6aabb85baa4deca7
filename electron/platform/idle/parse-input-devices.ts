/** Finds game controllers in the kernel's list of input devices, `/proc/bus/input/devices`. */

/** Those that have a joystick handler (`js0`), each as its name and its USB vendor and product. */
export function parseGameControllers(text: string): readonly string[] {
  return text.split(/\n\s*\n/u).flatMap((device) => {
    const handlers = /^H: Handlers=(.*)$/mu.exec(device)?.[1] ?? '';
    if (!/(?:^|\s)js\d+(?:\s|$)/u.test(handlers)) return [];
    const name = /^N: Name="(.*)"$/mu.exec(device)?.[1]?.trim() ?? '';
    const ids = /^I: Bus=\w+ Vendor=([0-9a-f]{4}) Product=([0-9a-f]{4})/mu.exec(device);
    const model = ids === null ? '' : ` (${ids[1]}:${ids[2]})`;
    return [`${name === '' ? 'unnamed' : name.slice(0, 80)}${model}`];
  });
}
