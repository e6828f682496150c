namespace JwtGrantClient.Diagnostics;

/// <summary>The state of a client's cache, for its metrics.</summary>
/// <param name="Hits">How many calls got a cached token.</param>
/// <param name="Misses">How many calls did not.</param>
/// <param name="RemainingLifetime">How long the token of the client as configured is used; null if there was none yet.</param>
/// <param name="Failures">The number of failures in a row.</param>
/// <param name="NextAttemptIn">The remaining backoff.</param>
/// <param name="IsAvailable">Whether calls get a token, or may try to acquire one.</param>
/// <param name="Entries">The number of entries, without that of the client as configured.</param>
/// <param name="IdleEvictions">How many entries were evicted because they were not used.</param>
/// <param name="FullEvictions">How many entries were evicted to make room for others.</param>
internal readonly record struct CacheReading(
    long Hits, long Misses, TimeSpan? RemainingLifetime, int Failures, TimeSpan NextAttemptIn, bool IsAvailable, long Entries, long IdleEvictions, long FullEvictions);

/// <summary>The offset of the local clock, for the metrics of a client.</summary>
/// <param name="Ahead">How far the local clock is ahead of the server's, negative if it is behind; null if it is not known.</param>
/// <param name="Correction">What is added to the local time in assertions.</param>
internal readonly record struct ClockReading(TimeSpan? Ahead, TimeSpan Correction);

/// <summary>The state of a key or a certificate, for the metrics of a client.</summary>
/// <param name="Use">What it is used for: a value of <see cref="KeyUse"/>.</param>
/// <param name="Age">The time since the process has read it; null if it is not known, such as that of a key service.</param>
/// <param name="CertificateRemaining">The time until its certificate expires; null without one.</param>
internal readonly record struct KeyReading(string Use, TimeSpan? Age, TimeSpan? CertificateRemaining);
