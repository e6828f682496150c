using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Where a client certificate comes from: an object, or files and their password. Equal sources have the same certificate. It is not a record, because a
/// record writes its members in ToString.
/// </summary>
internal sealed class CertificateSource : IEquatable<CertificateSource>
{
    private readonly X509Certificate2? _certificate;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly (string? Path, string? KeyPath, string? Password, string? PasswordEnvironmentVariable, string? PasswordFile) _files;

    public CertificateSource(X509Certificate2 certificate) => _certificate = certificate;

    public CertificateSource(ClientCertificateOptions options) =>
        _files = (options.Path, options.KeyPath, options.Password, options.PasswordEnvironmentVariable, options.PasswordFile);

    public bool Equals(CertificateSource? other) => other is not null && ReferenceEquals(_certificate, other._certificate) && _files == other._files;

    public override bool Equals(object? obj) => Equals(obj as CertificateSource);

    public override int GetHashCode() => HashCode.Combine(_certificate is null ? 0 : RuntimeHelpers.GetHashCode(_certificate), _files);
}
