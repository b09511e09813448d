/** The facts of the sample business. Pages print them, and the tests and the demo search results for them. */
export const business = {
  name: 'Nordlicht Cycle Workshop',
  email: 'hello@nordlicht-cycles.example',
  address: 'Kanalstrasse 12, 22085 Hamburg',
  hours: 'Tue to Fri 9:00 to 18:00, Sat 10:00 to 14:00',
  founded: '2011',
  team: 'Four mechanics and one very calm dog',
  /** Two phone numbers that differ by swapped digits: one of the faults that an audit should find. */
  phoneOnHome: '+49 40 555 0142',
  phoneOnContact: '+49 40 555 0124',
  bookingError: 'Error 500: the booking system could not be reached',
} as const;

export interface Price {
  readonly service: string;
  readonly what: string;
  readonly takes: string;
  readonly price: string;
}

export const prices: readonly Price[] = [
  { service: 'Puncture repair', what: 'New tube, checked tyre', takes: '30 minutes', price: '€18' },
  { service: 'Brake adjustment', what: 'Rim or disc, both wheels', takes: '30 minutes', price: '€25' },
  { service: 'Wheel truing', what: 'Per wheel, spokes included', takes: '1 hour', price: '€29' },
  { service: 'Safety check', what: '32 points, with a written report', takes: '1 hour', price: '€39' },
  { service: 'E-bike diagnosis', what: 'Battery, motor, software', takes: '1 hour', price: '€55' },
  { service: 'Standard service', what: 'Brakes, gears, bearings, chain', takes: '1 day', price: '€79' },
  { service: 'Full overhaul', what: 'Everything apart, cleaned, rebuilt', takes: '3 days', price: '€189' },
];
