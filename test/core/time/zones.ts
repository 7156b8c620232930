/** Zones whose clocks do all that clocks do: both hemispheres, half and quarter hours, changes at midnight, by half an hour, or never. */
export const ZONES = [
  'UTC', 'Asia/Seoul', 'Asia/Kathmandu', 'Asia/Kolkata', 'Asia/Tehran', 'Asia/Beirut', 'Africa/Cairo', 'Africa/Casablanca', 'Africa/Johannesburg',
  'Antarctica/Troll', 'America/New_York', 'America/Los_Angeles', 'America/St_Johns', 'America/Sao_Paulo', 'America/Santiago', 'America/Havana',
  'America/Asuncion', 'America/Nuuk', 'Atlantic/Azores', 'Australia/Adelaide', 'Australia/Lord_Howe', 'Australia/Sydney', 'Europe/Berlin',
  'Europe/Dublin', 'Europe/London', 'Pacific/Apia', 'Pacific/Auckland', 'Pacific/Chatham', 'Pacific/Kiritimati',
];
