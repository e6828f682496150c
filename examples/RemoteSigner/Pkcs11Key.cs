using System.Threading.Channels;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace RemoteSigner;

/// <summary>
/// A private key in a PKCS#11 token: the file to copy. A session serves one call at a time, and a call blocks its thread. So there are as
/// many sessions as there may be signatures at once; each goes from hand to hand, and nobody holds a lock while the token works.
/// </summary>
internal sealed class Pkcs11Key : IDisposable
{
    private readonly Channel<Opened?> _idle = Channel.CreateUnbounded<Opened?>();
    private readonly Func<Opened> _open;

    public Pkcs11Key(ISlot slot, string pin, string label, int sessions = 4)
    {
        _open = () => Opened.On(slot, pin, label);
        _idle.Writer.TryWrite(_open());     // now, so that a wrong PIN or label shows at start-up; the others when they are needed
        for (var i = 1; i < sessions; i++)
            _idle.Writer.TryWrite(null);
    }

    public async ValueTask<ReadOnlyMemory<byte>> SignAsync(CKM mechanism, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var opened = await _idle.Reader.ReadAsync(cancellationToken);
        try
        {
            // What cannot be cancelled is waited for: the session must not go on to the next caller before.
            return await Task.Run(() => (opened ??= _open()).Sign(mechanism, data.ToArray()), CancellationToken.None);
        }
        catch (Pkcs11Exception)
        {
            // A token that was away has forgotten its sessions: the next caller opens another.
            opened?.Dispose();
            opened = null;
            throw;
        }
        finally
        {
            if (!_idle.Writer.TryWrite(opened))
                opened?.Dispose();
        }
    }

    public void Dispose()
    {
        _idle.Writer.TryComplete();
        while (_idle.Reader.TryRead(out var opened))
            opened?.Dispose();
    }

    private sealed record Opened(ISession Session, IObjectHandle Key) : IDisposable
    {
        public static Opened On(ISlot slot, string pin, string label)
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
                // The token has closed it already.
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
                // By another session: a login counts for all of them.
            }
        }
    }
}
