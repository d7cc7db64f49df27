use std::collections::HashMap;

use crate::meter::Reading;

/// Mean of the readings of each meter.
pub fn means(readings: &[Reading]) -> HashMap<u32, f64> {
    let mut sums: HashMap<u32, (f64, u32)> = HashMap::new();
    for reading in readings {
        let entry = sums.entry(reading.meter).or_insert((0.0, 0));
        entry.0 += reading.value;
        entry.1 += 1;
    }
    sums.into_iter().map(|(meter, (sum, count))| (meter, sum / f64::from(count))).collect()
}

/// The payload of the first frame, and what follows it.
pub fn first_frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.len() < 2 {
        return None;
    }
    let length = usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    let payload = &bytes[2..2 + length];
    Some((payload, &bytes[2 + length..]))
}
