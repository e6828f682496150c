namespace JwtGrantClient.TokenEndpoint;

/// <summary>An error that the documentation of a provider describes, and what to do about it.</summary>
/// <param name="Error">The error code; null for any.</param>
/// <param name="Text">A part of the error description, in any case; null for any, also for none.</param>
/// <param name="Advice">What to do: one or more sentences.</param>
internal sealed record KnownError(string? Error, string? Text, string Advice)
{
    /// <summary>Gets whether a wrong clock of this machine is a usual cause, so that it is named if the clock is wrong.</summary>
    public bool IsAboutTimes { get; init; }

    /// <summary>Returns the first error that matches a response; null for none.</summary>
    public static KnownError? Find(IReadOnlyList<KnownError> errors, string error, string? description)
    {
        foreach (var known in errors)
            if ((known.Error is null || known.Error == error)
                && (known.Text is null || description?.Contains(known.Text, StringComparison.OrdinalIgnoreCase) == true))
                return known;
        return null;
    }
}
