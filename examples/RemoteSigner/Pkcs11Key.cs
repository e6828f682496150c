using System.Threading.Channels;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace RemoteSigner;

/// <summary>
/// A private key in a PKCS#11 token. Copy this file to use your own token. A session serves one call at a time, and a call blocks its thread.
/// This class therefore has a pool of sessions, one for each concurrent signature, and holds no lock while the token signs.
/// </summary>
internal sealed class Pkcs11Key : IDisposable
{
    private readonly Channel<KeySession?> _idle = Channel.CreateUnbounded<KeySession?>();
    private readonly Func<KeySession> _open;

    public Pkcs11Key(ISlot slot, string pin, string label, int sessions = 4)
    {
        _open = () => KeySession.Open(slot, pin, label);
        _idle.Writer.TryWrite(_open());     // opens now, so that a wrong PIN or label fails at start; the other sessions open when they are needed
        for (var i = 1; i < sessions; i++)
            _idle.Writer.TryWrite(null);
    }

    public async ValueTask<ReadOnlyMemory<byte>> SignAsync(CKM mechanism, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var session = await _idle.Reader.ReadAsync(cancellationToken);
        try
        {
            // The call cannot be canceled. The session must not be used by the next caller before the call ends.
            return await Task.Run(() => (session ??= _open()).Sign(mechanism, data.ToArray()), CancellationToken.None);
        }
        catch (Pkcs11Exception)
        {
            // A token that was disconnected has lost its sessions, so the next caller opens a new one.
            session?.Dispose();
            session = null;
            throw;
        }
        finally
        {
            if (!_idle.Writer.TryWrite(session))
                session?.Dispose();
        }
    }

    public void Dispose()
    {
        _idle.Writer.TryComplete();
        while (_idle.Reader.TryRead(out var session))
            session?.Dispose();
    }

    private sealed record KeySession(ISession Session, IObjectHandle Key) : IDisposable
    {
        public static KeySession Open(ISlot slot, string pin, string label)
        {
            var session = slot.OpenSession(SessionType.ReadOnly);
            try
            {
                Login(session, pin);
                var attributes = session.Factories.ObjectAttributeFactory;
                var found = session.FindAllObjects([attributes.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY), attributes.Create(CKA.CKA_LABEL, label)]);
                return found is [var key] ? new(session, key) : throw new InvalidOperationException(
                    $"The token has {found.Count} private keys with the label '{label}'; expected one.");
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }

        public byte[] Sign(CKM mechanism, byte[] data)
        {
            using var native = Session.Factories.MechanismFactory.Create(mechanism);
            return Session.Sign(native, Key, data);
        }

        public void Dispose()
        {
            try
            {
                Session.Dispose();
            }
            catch (Pkcs11Exception)
            {
                // The token has already closed the session.
            }
        }

        private static void Login(ISession session, string pin)
        {
            try
            {
                session.Login(CKU.CKU_USER, pin);
            }
            catch (Pkcs11Exception e) when (e.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
            {
                // Another session has logged in. A login applies to all sessions.
            }
        }
    }
}
