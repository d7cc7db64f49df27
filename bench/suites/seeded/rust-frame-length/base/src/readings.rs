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
