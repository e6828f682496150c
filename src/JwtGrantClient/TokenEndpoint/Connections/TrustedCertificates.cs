using JwtGrantClient.Credentials;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The file with the CAs that the connections to an authorization server trust, in place of those of the machine. It is read again before a request, at
/// most every five seconds, and its content is compared. If the new content cannot be used, the last good one stays in use.
/// </summary>
internal sealed class TrustedCertificates
{
    internal static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger;
    private readonly ReloadingValue<TrustedRoots> _roots;
    private readonly Func<TrustedRoots?, TrustedRoots> _read;
    private string? _lastError;

    /// <summary>Opens a file and reads it.</summary>
    /// <exception cref="JwtGrantException">The file cannot be read, or contains no certificate of a CA.</exception>
    public TrustedCertificates(string path, TimeProvider clock, ILogger logger)
    {
        (Path, _logger) = (path, logger);
        (_roots, _read) = (new(clock, CheckInterval, OnReadFailed), Read);
        _roots.Get(_read);
    }

    /// <summary>Gets the path of the file. Files with equal paths contain the same certificates.</summary>
    public string Path { get; }

    /// <summary>Gets the current certificates. Reads the file if the interval has passed.</summary>
    public TrustedRoots Current => _roots.Get(_read);

    private TrustedRoots Read(TrustedRoots? last)
    {
        var roots = TrustedRoots.Read(Path, last);
        if (last is not null && roots != last)
            Log.TrustedCertificatesReplaced(_logger, SettingText.QuotePath(Path), roots.Count);
        _lastError = null;
        return roots;
    }

    private bool OnReadFailed(TrustedRoots last, Exception e)
    {
        if (_lastError != e.Message)
            Log.TrustedCertificatesReloadFailed(_logger, last.Count, e);
        _lastError = e.Message;
        return true;
    }
}
