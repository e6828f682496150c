using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace RemoteSigner;

/// <summary>
/// SoftHSM with a new token in a temporary folder, which is deleted at the end. Nothing else on the machine is read or changed. For a real HSM,
/// the administrator provides the module, the token and the PIN.
/// </summary>
internal sealed class SoftHsm : IDisposable
{
    public const string Pin = "4711-user", Label = "jwtgrant";
    private const string SecurityOfficerPin = "4711-officer";

    public const string InstallHint = """
        The PKCS#11 module of SoftHSM, libsofthsm2.so, is not on this machine. Install it:
          Debian, Ubuntu   apt-get install softhsm2
          Fedora           dnf install softhsm
          macOS            brew install softhsm
          Windows          in WSL, as above
        If it is in another folder, pass its path: dotnet run --project examples/RemoteSigner -- /path/to/libsofthsm2.so
        """;

    private static readonly string[] DefaultPaths =
    [
        "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/lib/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    ];

    private readonly DirectoryInfo _folder;
    private readonly IPkcs11Library _library;

    // Pkcs11Interop loads "libdl", a name that exists only if development packages are installed.
    static SoftHsm() => NativeLibrary.SetDllImportResolver(
        typeof(Pkcs11InteropFactories).Assembly,
        (name, assembly, path) => name == "libdl" && OperatingSystem.IsLinux() ? NativeLibrary.Load("libdl.so.2", assembly, path) : 0);

    private SoftHsm(string module)
    {
        Module = module;
        _folder = Directory.CreateTempSubdirectory("jwtgrant-softhsm-");
        var configuration = Path.Combine(_folder.FullName, "softhsm2.conf");
        File.WriteAllText(configuration, $"directories.tokendir = {_folder.FullName}\nlog.level = ERROR\n");
        // Environment.SetEnvironmentVariable does not change the environment of the C library, which the module reads.
        _ = setenv("SOFTHSM2_CONF", configuration, 1);
        var factories = new Pkcs11InteropFactories();
        _library = factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, module, AppType.MultiThreaded);
        Slot = InitializeToken(_library);
    }

    public string Module { get; }

    public string Folder => _folder.FullName;

    public ISlot Slot { get; }

    /// <summary>Starts with the module at the path or in the default locations. Returns null if there is no module.</summary>
    public static SoftHsm? TryStart(string? path) =>
        !OperatingSystem.IsWindows() && (path is null ? DefaultPaths : [path]).FirstOrDefault(File.Exists) is { } module ? new(module) : null;

    public void Dispose()
    {
        _library.Dispose();
        _folder.Delete(recursive: true);
    }

    private static ISlot InitializeToken(IPkcs11Library library)
    {
        library.GetSlotList(SlotsType.WithOrWithoutTokenPresent)[0].InitToken(SecurityOfficerPin, Label);
        // The slot gets another number when its token is initialized.
        var slot = library.GetSlotList(SlotsType.WithTokenPresent).Single(slot => slot.GetTokenInfo().Label == Label);
        using var session = slot.OpenSession(SessionType.ReadWrite);
        session.Login(CKU.CKU_SO, SecurityOfficerPin);
        session.InitPin(Pin);
        session.Logout();
        return slot;
    }

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setenv(string name, string value, int overwrite);
}
