//! Averages that follow a trend (Holt) and seasons (Holt and Winters).

use super::window_error::WindowError;

/// Smooths values and their trend.
pub(super) fn holt(values: impl Iterator<Item = f64>, alpha: f64, beta: f64) -> f64 {
    let (mut level, mut trend) = (f64::NAN, 0.0);
    for value in values {
        if level.is_nan() {
            level = value;
            continue;
        }
        let before = level;
        level = alpha * value + (1.0 - alpha) * (level + trend);
        trend = beta * (level - before) + (1.0 - beta) * trend;
    }
    level
}

/// How values, their trend and their seasons are smoothed.
pub(super) struct HoltWinters {
    pub(super) alpha: f64,
    pub(super) beta: f64,
    pub(super) gamma: f64,
    /// The number of values in a season.
    pub(super) period: usize,
    /// Whether seasons are factors; otherwise they are summands.
    pub(super) multiplicative: bool,
    /// Added to every value, so that factors are not 0.
    pub(super) padding: f64,
}

/// The value that is expected next.
///
/// # Errors
/// If there are fewer values than two seasons have.
pub(super) fn holt_winters(values: &[f64], settings: &HoltWinters) -> Result<f64, WindowError> {
    let HoltWinters { alpha, beta, gamma, period, multiplicative, padding } = *settings;
    if values.is_empty() {
        return Ok(f64::NAN);
    }
    if period == 0 || values.len() < period.saturating_mul(2) {
        let needed = period.saturating_mul(2).max(1);
        return Err(WindowError::TooFewValues { period, needed, found: values.len() });
    }
    let mut padded: Vec<f64> = values.iter().filter(|value| !value.is_nan()).map(|value| value + padding).collect();
    if padded.is_empty() {
        return Ok(f64::NAN);
    }
    padded.resize(values.len(), 0.0);
    // The first season's average, and how the values of the second season relate to it. As clients expect, the trend
    // begins at 0.
    let mut level = padded[..period].iter().sum::<f64>() / period as f64;
    let mut seasons = vec![0.0; padded.len()];
    if level != 0.0 {
        (0..period).for_each(|index| seasons[index] = padded[index] / level);
    }
    let mut trend = 0.0;
    for index in period..padded.len() {
        let (value, season, expected) = (padded[index], seasons[index - period], level + trend);
        let new_season = if multiplicative { value / expected } else { value - (level - trend) };
        seasons[index] = gamma * new_season + (1.0 - gamma) * season;
        let without_season = if multiplicative { value / season } else { value - season };
        let last_level = level;
        level = alpha * without_season + (1.0 - alpha) * expected;
        trend = beta * (level - last_level) + (1.0 - beta) * trend;
    }
    let season = seasons[values.len() - period];
    Ok(if multiplicative { (level + trend) * season } else { level + trend + season })
}
