namespace JwtGrantClient.Tests.Conventions.Prose;

/// <summary>
/// Words that many readers do not know, metaphors, and references to documents outside of the repository. A pattern is a regular expression; a space in it
/// also matches an underscore, because names of tests are sentences.
/// </summary>
internal static class OldWords
{
    public static readonly OldWord[] All =
    [
        // Old-fashioned words and phrases.
        new("anew|afresh", "again, new"),
        new("anyhow", "in any case, or nothing"),
        new("albeit", "although"),
        new("anything but", "everything except"),
        new("none but", "only"),
        new("at hand", "available"),
        new("(be|been|being) had", "available, obtained"),
        new("by the letter|to the letter", "strictly, exactly"),
        new("by way of", "through"),
        new("com(e|es|ing) to nothing|came to nothing", "fails"),
        new("for want of", "without, because of a missing"),
        new("given by code", "configured in code"),
        new("go(es)? by", "uses"),
        new("good for one use", "single-use"),
        new("heed(s|ed|ing)?|pa(y|ys|id|ying) no heed( to)?", "observe; ignore"),
        new("hitherto|thereof|whereof|whence|thence|forthwith|lest", "a common word"),
        new("kin", "similar"),
        new("mend(s|ed|ing)?", "fix"),
        new("nought|naught", "zero, nothing"),
        new("nowhere else", "only"),
        new("of its own accord", "by itself, automatically"),
        new("of no use", "unusable"),
        new("renew(s|ed|ing)? (a |the |its )?tokens?|tokens? (is|are) renewed|token renewals?", "refresh"),
        new("save (where|when|for|that|if|in)", "except"),
        new("(mis|re)?spelt", "misspelled, written, changed"),
        new("whoever|whosoever", "any caller, the caller that"),
        new("nobody|somebody", "no caller, another party"),
        new("(is|are|was|were|be|been|being) told", "is reported, gets"),

        // Metaphors.
        new("brakes?", "throttle"),
        new("canar(y|ies)|songs?", "marker"),
        new("(?<!in[ -]|single[ -])flights?|fl(y|ies|ew|own|ying)", "refresh, request"),
        new("TakeOff|tak(e|es|ing) off|took off|taken off", "start; remove"),
        new("judg(e|es|ed|ing|ment|ments)", "validate, check; the strict server"),
        new("verdicts?", "result"),
        new("thie(f|ves)", "attacker"),

        // Documents outside of the repository.
        new(@"(?-i:REFRESH(\.md)?)", "a heading of docs/architecture.md"),
        new(@"(?-i:BEHAVIOURS(\.md)?)|STANDARDS\.md|PROVIDERS\.md", "an RFC clause, or docs/protocol-rules.md"),
        new("promise [0-9]+", "an RFC clause, or docs/architecture.md"),
    ];
}
