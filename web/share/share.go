package share

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"hornbook/web/site"
)

// Days is how long a thing or a class is kept, unless it is renewed.
const Days = 30

// Objects keeps bytes under ids.
type Objects interface {
	// Put keeps body, which has want.Size bytes, whole or not at all, and opens it to be
	// read anywhere. It is ErrSum or ErrCut if what came is not what is wanted, ErrSlow
	// after ctx's deadline.
	Put(ctx context.Context, id string, body io.Reader, want Want) (Object, error)
	// Send writes what lies under id to w; ErrNone, before anything is written, if
	// nothing does.
	Send(ctx context.Context, id string, w io.Writer) error
	// Delete removes what lies under the ids; those under which nothing lies are right.
	Delete(ctx context.Context, ids ...string) error
	// Old lists some of the ids whose bytes are there since before a time.
	Old(ctx context.Context, before time.Time) ([]string, error)
}

// Want is what an object must be.
type Want struct {
	Size int64
	Sum  [32]byte // SHA-256
}

// Object is an opened one.
type Object interface {
	io.ReaderAt
	io.Closer
}

// What Objects says.
var (
	ErrNone = errors.New("share: there is no such object")
	ErrSum  = errors.New("share: the object has another hash")
	ErrCut  = errors.New("share: the object's bytes end too early")
	ErrSlow = errors.New("share: the object's bytes come too slowly")
)

// Server is the handler. All but Objects and DB may be left as they are.
type Server struct {
	Objects Objects
	DB      *sql.DB
	Closed  bool                            // nothing new is taken
	Room    int64                           // bytes that all things may take; 0 for 8 GiB
	Lines   int64                           // bytes of a file of lines that are read before it is kept; 0 for all
	Slow    time.Duration                   // that a body may take to arrive; 0 for two minutes
	Now     func(r *http.Request) time.Time // the clock
	Address func(r *http.Request) string    // whom a request comes from
	Log     func(err error)                 // of what is broken
	salt    salt
	origin  *http.CrossOriginProtection
	mux     *http.ServeMux
}

// New makes a handler of /api/.
func New(objects Objects, db *sql.DB) *Server {
	s := &Server{Objects: objects, DB: db, Room: 8 << 30, Slow: 2 * time.Minute,
		Now:     func(*http.Request) time.Time { return time.Now() },
		Address: remote, Log: func(error) {},
		origin: http.NewCrossOriginProtection(), mux: http.NewServeMux()}
	for pattern, h := range map[string]func(*Server, http.ResponseWriter, *http.Request) error{
		"/api/":        func(*Server, http.ResponseWriter, *http.Request) error { return unknownPath },
		"GET /api/{$}": (*Server).about,

		"POST /api/share":             (*Server).put,
		"GET /api/share/{id}":         (*Server).get,
		"GET /api/share/{id}/about":   (*Server).aboutThing,
		"DELETE /api/share/{id}":      (*Server).remove,
		"POST /api/share/{id}/renew":  (*Server).renew,
		"POST /api/share/{id}/report": (*Server).report,

		"POST /api/class":                      (*Server).openClass,
		"GET /api/class/{code}":                (*Server).aboutClass,
		"POST /api/class/{code}/result":        (*Server).takeResult,
		"DELETE /api/class/{code}/result/{id}": (*Server).dropResult,
		"GET /api/class/{code}/results":        (*Server).board,
		"POST /api/class/{code}/close":         (*Server).closeClass,
		"POST /api/class/{code}/open":          (*Server).reopenClass,
		"DELETE /api/class/{code}":             (*Server).removeClass,
	} {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(s, w, r); err != nil {
				s.tell(w, err)
			}
		})
	}
	return s
}

// ServeHTTP answers a request to /api/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if p := recover(); p != nil {
			s.tell(w, fmt.Errorf("share: %s %s: panic: %v", r.Method, r.URL.Path, p))
		}
	}()
	site.Set(w.Header(), site.Shared)
	if err := s.origin.Check(r); err != nil {
		s.tell(w, crossOrigin)
		return
	}
	// A server of its own ends a body that comes too slowly here; elsewhere Objects does.
	if r.ContentLength != 0 {
		http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.Slow))
	}
	s.mux.ServeHTTP(w, r)
}

// Beside is a handler of /api/, and of all else by page.
func (s *Server) Beside(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			s.ServeHTTP(w, r)
			return
		}
		page.ServeHTTP(w, r)
	})
}

// about tells that there is a server, and what it takes.
func (s *Server) about(w http.ResponseWriter, r *http.Request) error {
	limits := map[string]int64{}
	for name, k := range kinds {
		limits[name] = k.most
	}
	return answer(w, 200, map[string]any{"share": true, "uploads": !s.Closed, "days": Days, "limits": limits})
}

// remote is the address at the other end; of the long ones the network, since people
// have all of it.
func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return Network(host)
}

// Network is an address as it is counted: of IPv6 its first 64 bits.
func Network(address string) string {
	ip := net.ParseIP(address)
	if ip == nil || ip.To4() != nil {
		return address
	}
	return ip.Mask(net.CIDRMask(64, 128)).String()
}
